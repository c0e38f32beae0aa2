internal import GRDB
import Routing
import Wire

/// The operator's guards: one line with the list, which takes the place of the list there is, and a line for what is set for
/// one tenant.
extension ImportSession {
  mutating func applyGuards(_ reader: inout JSONReader) throws -> ImportChange {
    var lines: [(name: String, params: String)] = []
    for var entry in try reader.objects("guards") {
      let name = try entry.label("guard", hint: "name a guard, as in quiet_hours")
      guard !lines.contains(where: { $0.name == name }) else {
        throw entry.failure("guard", expected: "each guard once")
      }
      let params = try entry.optionalObject("params")?.source ?? JSONObject()
      try entry.finish()
      lines.append((name, FaithfulJSON.text(of: .object(params))))
    }
    try reader.finish()
    guard lines.count <= SQLiteStore.guardMax else {
      throw reader.failure("guards", expected: "at most \(SQLiteStore.guardMax) guards")
    }
    let before = try all("SELECT guard, params FROM guards ORDER BY id", [])
    let isSame =
      before.count == lines.count
      && zip(before, lines).allSatisfy { ($0[0] as String) == $1.name && ($0[1] as String) == $1.params }
    if isSame { return .unchanged }
    try run("DELETE FROM guards", [])
    for (index, line) in lines.enumerated() {
      try run(
        "INSERT INTO guards (id, guard, params) VALUES (?, ?, ?)",
        [(index + 1).databaseValue, line.name.databaseValue, line.params.databaseValue])
    }
    return .updated
  }

  mutating func applyGuardParams(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let name = try reader.label("guard", hint: "name a guard, as in quiet_hours")
    let params = FaithfulJSON.text(of: .object(try reader.object("params").source)).databaseValue
    try reader.finish()
    let owner = [tenants[tenant].key.databaseValue, name.databaseValue]
    guard let row = try first("SELECT params FROM guard_params WHERE tenant_id = ? AND guard = ?", owner) else {
      try run("INSERT INTO guard_params (tenant_id, guard, params) VALUES (?, ?, ?)", owner + [params])
      return .created
    }
    if (row[0] as String) == String.fromDatabaseValue(params) { return .unchanged }
    try run("UPDATE guard_params SET params = ? WHERE tenant_id = ? AND guard = ?", [params] + owner)
    return .updated
  }
}
