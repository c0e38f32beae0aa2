import Routing
import Wire

/// The operator's guards: one line with the list, which replaces the stored list, and a line for the parameters of one
/// tenant.
extension ImportSession {
  mutating func applyGuards(_ reader: inout JSONReader) throws -> ImportChange {
    var lines: [(name: String, params: String)] = []
    for var entry in try reader.objects("guards") {
      let name = try entry.label("guard", hint: "name a guard, such as quiet_hours")
      guard !lines.contains(where: { $0.name == name }) else {
        throw entry.failure("guard", expected: "each guard once")
      }
      let params = try entry.optionalObject("params")?.source ?? JSONObject()
      try entry.finish()
      lines.append((name, FaithfulJSON.text(of: .object(params))))
    }
    try reader.finish()
    guard lines.count <= GuardList.countMax else {
      throw reader.failure("guards", expected: "at most \(GuardList.countMax) guards")
    }
    let before = try all("SELECT guard, params FROM guards ORDER BY id", []) {
      (name: $0["guard"] as String, params: $0["params"] as String)
    }
    let isSame =
      before.count == lines.count
      && zip(before, lines).allSatisfy { $0.name == $1.name && $0.params == $1.params }
    if isSame { return .unchanged }
    for (index, line) in lines.enumerated() where !before.contains(where: { $0 == line }) {
      try expectInRange(line.params, at: "guards[\(index)].params") { $0.problem(in: $1, ofGuard: line.name) }
    }
    try run("DELETE FROM guards")
    for (index, line) in lines.enumerated() {
      try run("INSERT INTO guards (id, guard, params) VALUES (?1, ?2, ?3)", [index + 1, line.name, line.params])
    }
    try recordGuards(before, lines)
    return .updated
  }

  private func recordGuards(
    _ before: [(name: String, params: String)], _ after: [(name: String, params: String)]
  ) throws {
    for line in before where !after.contains(where: { $0.name == line.name }) {
      try audit?.record([FieldChange("removed")], of: "guard \(line.name)", tenant: nil, in: db)
    }
    for line in after {
      let old = before.first { $0.name == line.name }
      guard old?.params != line.params else { continue }
      let change =
        old.map { FieldChange("params", $0.params, line.params) } ?? FieldChange("added, params \(line.params)")
      try audit?.record([change], of: "guard \(line.name)", tenant: nil, in: db)
    }
    let names = (before.map(\.name).joined(separator: ", "), after.map(\.name).joined(separator: ", "))
    if names.0 != names.1 {
      try audit?.record([FieldChange("order", names.0, names.1)], of: "guards", tenant: nil, in: db)
    }
  }

  mutating func applyGuardParams(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let name = try reader.label("guard", hint: "name a guard, such as quiet_hours")
    let params = FaithfulJSON.text(of: .object(try reader.object("params").source))
    try reader.finish()
    let owner: SQLArguments = [tenants[tenant].key, name]
    let find = "SELECT params FROM guard_params WHERE tenant_id = ?1 AND guard = ?2"
    let before: String? = try value(find, owner)
    if before != params { try expectInRange(params, at: "params") { $0.problem(in: $1, ofGuard: name) } }
    guard let before else {
      try run("INSERT INTO guard_params (tenant_id, guard, params) VALUES (?1, ?2, ?3)", owner + [params])
      try record([FieldChange("params", nil, params)], of: "guard \(name)", tenant)
      return .created
    }
    if before == params { return .unchanged }
    try run("UPDATE guard_params SET params = ?3 WHERE tenant_id = ?1 AND guard = ?2", owner + [params])
    try record([FieldChange("params", before, params)], of: "guard \(name)", tenant)
    return .updated
  }
}
