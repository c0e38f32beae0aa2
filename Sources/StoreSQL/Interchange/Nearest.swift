import Wire

/// The word that was probably meant.
enum Nearest {
  /// `the nearest is 'device'`, or nil when none is near.
  static func hint(to word: String, among words: [String]) -> String? {
    var reader = JSONReader(JSONObject([(word, .null)]))
    for candidate in words { _ = reader.presence(of: candidate) }
    do {
      try reader.finish()
    } catch {
      return error.hint.flatMap { $0.hasPrefix("the nearest") ? $0 : nil }
    }
    return nil
  }
}
