import Routing

/// The audit, from the three places that record changes: `audit`, the histories of devices, and the policy changes.
///
/// A change recorded in two places is listed once: a device's history covers changes of the device, and the audit
/// covers people's changes of policies. Each place is read newest first by its index on `at`, up to the limit: the cost
/// grows with the window and the lines listed, not with the history.
struct AuditQuery {
  let db: any SQLConnection
  let filter: AuditFilter

  /// The newest lines, newest first, and whether there are more.
  func lines() throws -> (lines: [AuditLine], hasMore: Bool) {
    let found = try AuditSource.all.filter { $0.canMatch(filter.subject) }.map(read)
    let merged = found.enumerated().flatMap { source, lines in
      lines.enumerated().map { (source, $0.offset, $0.element) }
    }
    .sorted { ($1.2.at, $0.0, $0.1) < ($0.2.at, $1.0, $1.1) }
    .map(\.2)
    return (Array(merged.prefix(filter.limit)), merged.count > filter.limit)
  }

  /// Reads one more line than the limit, to know whether there are more.
  private func read(_ source: AuditSource) throws -> [AuditLine] {
    var lines: [AuditLine] = []
    let rows = try db.query(source.sql, try arguments(source))
    while lines.count <= filter.limit, let row = try rows.next() {
      let line = source.line(row)
      if filter.matches(line) { lines.append(line) }
    }
    return lines
  }

  private func arguments(_ source: AuditSource) throws -> SQLArguments {
    let tenant = try filter.tenant.map { try TenantRow.expectKey(of: $0, in: db) }
    let window: SQLArguments = [filter.since.milliseconds, filter.until?.milliseconds ?? Int64.max, tenant]
    return source.takesDevice ? window + [filter.subject?.id] : window
  }
}

extension SQLStore {
  /// The changes, newest first, and whether the window has more than the limit.
  ///
  /// Throws `OperatorError` if the tenant does not exist.
  package func audit(_ filter: AuditFilter) throws -> (lines: [AuditLine], hasMore: Bool) {
    try reading { try AuditQuery(db: $0, filter: filter).lines() }
  }
}
