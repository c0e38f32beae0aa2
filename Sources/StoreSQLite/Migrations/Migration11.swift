/// Reserved for another change of this version.
enum Migration11 {
  static let sql = "SELECT 11;"
}
