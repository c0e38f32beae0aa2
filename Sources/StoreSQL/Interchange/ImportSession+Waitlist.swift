import Routing
import Wire

/// The waitlist of an enrolment line: null, `"fleet"`, `{"device": ID}`, or a filter with `tag`, `platform` and `except`.
extension ImportSession {
  private static let expected = #""fleet", an object with 'device', or one with 'tag', 'platform' or 'except'"#

  /// The row of the waitlist that a line names, added if the tenant does not have it. Beyond the limit of filters it is
  /// the fleet's.
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
    let text = filter?.storedText
    if let key = try value(WaitlistImportSQL.find, [tenant, device, text], as: Int64.self) { return key }
    if filter != nil, try value(WaitlistImportSQL.count, [tenant], as: Int.self) ?? 0 >= StoredWaitlist.filtersMax {
      return try waitlistRow(tenant, device: nil, filter: nil)
    }
    return try db.insert(WaitlistSQL.insert, [tenant, device, text])
  }
}

private enum WaitlistImportSQL {
  static let find = "SELECT id FROM waitlists WHERE tenant_id = ?1 AND device_id IS ?2 AND filter IS ?3"
  static let count = "SELECT count(*) FROM waitlists WHERE tenant_id = ?1 AND filter IS NOT NULL"
}
