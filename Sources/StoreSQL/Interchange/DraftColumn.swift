/// A column of a table that a line sets, under its name in the table.
protocol DraftColumn: SQLColumn {}

extension DraftColumn {
  /// The SELECT list for a stored row: these columns, then the row's key.
  static var stored: String { "\(select), id" }

  /// An INSERT of the `owner` columns, then these.
  static func insert(into table: String, owner: [String]) -> String {
    let names = owner + allCases.map(\.expression)
    let parameters = (1...names.count).map { "?\($0)" }
    return "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(parameters.joined(separator: ", ")))"
  }

  /// An UPDATE of these columns; the row's key is the last parameter.
  static func update(_ table: String) -> String {
    let changes = allCases.map { "\($0.expression) = ?\($0.rawValue + 1)" }
    return "UPDATE \(table) SET \(changes.joined(separator: ", ")) WHERE id = ?\(changes.count + 1)"
  }
}
