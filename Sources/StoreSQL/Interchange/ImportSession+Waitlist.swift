import Routing
import Wire

/// The waitlist of an enrolment line: null, `"fleet"`, `{"device": ID}`, or a filter with `tag`, `platform` and `except`.
extension ImportSession {
  private static let expected = #""fleet", an object with 'device', or one with 'tag', 'platform' or 'except'"#

  /// The row of the waitlist that a line names; see `WaitlistTable`.
  mutating func waitlist(_ reader: inout JSONReader, of tenant: Int) throws -> Patch<Int64> {
    switch reader.value("waitlist") {
    case nil: return .absent
    case .null: return .null
    case .string("fleet"): return .value(try waitlistRow(tenants[tenant].key, device: nil, filter: nil))
    case .object:
      var object = try reader.object("waitlist")
      if object.presence(of: "device") == .value {
        let device = try device(&object, "device", of: tenant)
        try object.finish()
        return .value(try waitlistRow(tenants[tenant].key, device: device, filter: nil))
      }
      let filter = try filter(&object)
      guard filter != DeviceFilter() else { throw reader.failure("waitlist", expected: Self.expected) }
      return .value(try waitlistRow(tenants[tenant].key, device: nil, filter: filter))
    default: throw reader.failure("waitlist", expected: Self.expected)
    }
  }

  private func filter(_ object: inout JSONReader) throws -> DeviceFilter {
    var filter = DeviceFilter()
    filter.tag = try object.optionalString("tag")
    filter.platform = try object.optionalString("platform")
    // A device that is gone since excludes nothing, and the filter stays the same.
    filter.except = try object.optionalString("except").map(DeviceID.init(stored:))
    try object.finish()
    return filter
  }

  private func waitlistRow(_ tenant: Int64, device: Int64?, filter: DeviceFilter?) throws -> Int64 {
    try ImportedWaitlists(session: self, tenant: tenant).key(device: device.map(DeviceKey.init(_:)), filter: filter).raw
  }
}

/// The waitlists of one tenant during an import.
private struct ImportedWaitlists: WaitlistTable {
  typealias Failure = any Error

  let session: ImportSession
  let tenant: Int64

  func row(device: DeviceKey?, filter: DeviceFilter?) throws -> WaitlistKey? {
    let sql = "SELECT id FROM waitlists WHERE tenant_id = ?1 AND device_id IS ?2 AND filter IS ?3"
    return try session.value(sql, [tenant, device?.raw, filter?.storedText], as: Int64.self).map(WaitlistKey.init(_:))
  }

  func filterCount() throws -> Int { try session.value(WaitlistSQL.filterCount, [tenant]) ?? 0 }

  func addRow(device: DeviceKey?, filter: DeviceFilter?) throws -> WaitlistKey {
    WaitlistKey(try session.db.insert(WaitlistSQL.insert, [tenant, device?.raw, filter?.storedText]))
  }

  func reuseRow(for filter: DeviceFilter) throws -> WaitlistKey? {
    guard let free = try session.value(WaitlistSQL.free, [tenant], as: Int64.self) else { return nil }
    try session.run(WaitlistSQL.reuse, [free, filter.storedText])
    return WaitlistKey(free)
  }
}
