/// Reserved for another change of this version.
enum Migration12 {
  static let sql = "SELECT 12;"
}
