import Wire

/// The operator's guards. The export of one tenant has that tenant's parameters, but not the list, which applies to all
/// tenants. Leaves out a list that equals a new store's.
extension Exporter {
  private static let newList = #"[{"guard":"daily_limit","params":{}},{"guard":"move_limit","params":{}}]"#

  func writeGuards(_ line: inout ExportLine) throws {
    guard tenant == nil else { return }
    let guards = try db.all("SELECT guard, params FROM guards ORDER BY id") { (row) -> JSONValue in
      .object(["guard": .string(row["guard"]), "params": FaithfulJSON.value(of: row["params"]) ?? .object([:])])
    }
    let list = FaithfulJSON.text(of: .array(guards))
    guard list != Exporter.newList else { return }
    line.begin(.guards)
    line.stored("guards", list, or: .array([]))
    line.end()
  }
}

extension ExportQuery {
  static var guardParams: ExportQuery {
    ExportQuery(
      sql: """
        SELECT t.external_id AS tenant, p.guard, p.params FROM guard_params p JOIN tenants t ON t.id = p.tenant_id
        WHERE p.tenant_id = ?1 OR ?1 IS NULL
        ORDER BY p.tenant_id, p.guard
        """
    ) { row, line in
      line.text("tenant", row["tenant"])
      line.text("guard", row["guard"])
      line.stored("params", row["params"], or: .object([:]))
    }
  }
}
