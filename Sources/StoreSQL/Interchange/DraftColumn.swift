/// A column of a table that a line sets, by its name there.
protocol DraftColumn: SQLColumn {}

extension DraftColumn {
  /// What a SELECT of a stored row lists: these columns, and the row's key behind them.
  static var stored: String { "\(select), id" }

  /// Inserts a row: the columns `owner`, then these.
  static func insert(into table: String, owner: [String]) -> String {
    let names = owner + allCases.map(\.expression)
    let parameters = (1...names.count).map { "?\($0)" }
    return "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(parameters.joined(separator: ", ")))"
  }

  /// Updates a row: these columns, and behind them the row's key.
  static func update(_ table: String) -> String {
    let changes = allCases.map { "\($0.expression) = ?\($0.rawValue + 1)" }
    return "UPDATE \(table) SET \(changes.joined(separator: ", ")) WHERE id = ?\(changes.count + 1)"
  }
}
