import Wire

/// The former names that a file uses: one sentence for each, however many lines have it.
struct FormerKeyNotes {
  private var found: [(former: String, name: String, line: Int, count: Int)] = []

  /// `place` gives a path the name that it has in the file: the path itself, or a column.
  mutating func add(_ key: FormerKey, line: Int, place: (String) -> String) {
    let former = place(key.path)
    if let index = found.firstIndex(where: { $0.former == former }) {
      found[index].count += 1
    } else {
      found.append((former, place(key.newPath), line, 1))
    }
  }

  /// In the order in which the names were found first.
  var texts: [String] {
    found.map { key in
      let others = key.count == 1 ? "" : " and \(key.count - 1) more"
      return "line \(key.line)\(others): '\(key.former)' is now called '\(key.name)'"
    }
  }
}
