import Wire

/// The operator's guards. One tenant's export has what is set for it, and not the list, which is everybody's. A list that
/// is a new store's is left out.
extension ExportQuery {
  static var guards: ExportQuery {
    ExportQuery(
      sql: """
        SELECT list FROM (
          SELECT coalesce(json_group_array(json_object('guard', guard, 'params', json(params))), '[]') AS list
          FROM (SELECT guard, params FROM guards ORDER BY id))
        WHERE ?1 IS NULL
          AND list <> '[{"guard":"daily_limit","params":{}},{"guard":"move_limit","params":{}}]'
        """
    ) { row, line in
      line.stored("guards", row["list"], or: .array([]))
    }
  }

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
