import Routing

/// Compact storage of single contacts: about 40 bytes each plus the bytes of their ids. Reasons are shared and do not add
/// to it.
package struct ContactChangeList: RandomAccessCollection, Sendable {
  private struct Row {
    let idEnd: Int
    let tenant: Int32
    /// Indices in `devices`; -1 for none.
    let deviceBefore, deviceAfter: Int32
    let reasonBefore, reasonAfter: Int32
    let outcomeBefore, outcomeAfter: Outcome
    let isFaultBefore, isFaultAfter: Bool
  }

  private var rows: [Row] = []
  private var ids: [UInt8] = []
  private var tenants = Names<TenantID>()
  private var devices = Names<DeviceID>()
  private var reasons = Names<String>()

  init() {}

  /// 0. Contacts are in the order in which they were decided.
  package var startIndex: Int { 0 }
  /// The number of contacts kept.
  package var endIndex: Int { rows.count }

  /// Builds the change on each access.
  package subscript(place: Int) -> DryRunReport.Change {
    let row = rows[place]
    let start = place == 0 ? 0 : rows[place - 1].idEnd
    return DryRunReport.Change(
      tenant: tenants[row.tenant], contact: ContactID(stored: String(decoding: ids[start..<row.idEnd], as: UTF8.self)),
      before: DryRunReport.Side(
        outcome: row.outcomeBefore, device: row.deviceBefore < 0 ? nil : devices[row.deviceBefore],
        reason: reasons[row.reasonBefore], isFault: row.isFaultBefore),
      after: DryRunReport.Side(
        outcome: row.outcomeAfter, device: row.deviceAfter < 0 ? nil : devices[row.deviceAfter],
        reason: reasons[row.reasonAfter], isFault: row.isFaultAfter))
  }

  mutating func add(
    tenant: TenantID, contact: ContactID, before: DryRunReport.Side, after: DryRunReport.Side
  ) {
    ids.append(contentsOf: contact.text.utf8)
    rows.append(
      Row(
        idEnd: ids.count, tenant: tenants.place(of: tenant),
        deviceBefore: before.device.map { devices.place(of: $0) } ?? -1,
        deviceAfter: after.device.map { devices.place(of: $0) } ?? -1,
        reasonBefore: reasons.place(of: before.reason), reasonAfter: reasons.place(of: after.reason),
        outcomeBefore: before.outcome, outcomeAfter: after.outcome, isFaultBefore: before.isFault,
        isFaultAfter: after.isFault))
  }

  /// Stores values that many rows share once.
  private struct Names<Name: Hashable & Sendable>: Sendable {
    private var names: [Name] = []
    private var places: [Name: Int32] = [:]

    subscript(place: Int32) -> Name { names[Int(place)] }

    mutating func place(of name: Name) -> Int32 {
      if let place = places[name] { return place }
      let place = Int32(names.count)
      names.append(name)
      places[name] = place
      return place
    }
  }
}
