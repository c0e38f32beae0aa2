import Routing

/// The contacts that a dry run lists, stored compactly: each takes about 48 bytes plus the bytes of its id. Equal
/// reasons are stored once.
package struct ContactChangeList: RandomAccessCollection, Sendable {
  private struct Row {
    let idEnd: Int
    let tenant: Int32
    /// Indices in `devices`; -1 for none.
    let deviceBefore, deviceAfter: Int32
    let reasonBefore, reasonAfter: Int32
    /// Indices in `waitlists`; -1 for none.
    let waitlistBefore, waitlistAfter: Int32
    let outcomeBefore, outcomeAfter: Outcome
    let isFaultBefore, isFaultAfter: Bool
  }

  private var rows: [Row] = []
  private var ids: [UInt8] = []
  private var tenants = Names<TenantID>()
  private var devices = Names<DeviceID>()
  private var reasons = Names<String>()
  private var waitlists = Names<Waitlist>()

  init() {}

  /// Always 0. Contacts are in the order in which they were decided.
  package var startIndex: Int { 0 }
  /// The number of stored contacts.
  package var endIndex: Int { rows.count }

  /// Builds the change on each access.
  package subscript(index: Int) -> DryRunReport.Change {
    let row = rows[index]
    let start = index == 0 ? 0 : rows[index - 1].idEnd
    return DryRunReport.Change(
      tenant: tenants[row.tenant], contact: ContactID(stored: String(decoding: ids[start..<row.idEnd], as: UTF8.self)),
      before: DryRunReport.Side(
        outcome: row.outcomeBefore, device: row.deviceBefore < 0 ? nil : devices[row.deviceBefore],
        reason: reasons[row.reasonBefore], waitlist: row.waitlistBefore < 0 ? nil : waitlists[row.waitlistBefore],
        isFault: row.isFaultBefore),
      after: DryRunReport.Side(
        outcome: row.outcomeAfter, device: row.deviceAfter < 0 ? nil : devices[row.deviceAfter],
        reason: reasons[row.reasonAfter], waitlist: row.waitlistAfter < 0 ? nil : waitlists[row.waitlistAfter],
        isFault: row.isFaultAfter))
  }

  mutating func add(
    tenant: TenantID, contact: ContactID, before: DryRunReport.Side, after: DryRunReport.Side
  ) {
    ids.append(contentsOf: contact.text.utf8)
    rows.append(
      Row(
        idEnd: ids.count, tenant: tenants.index(of: tenant),
        deviceBefore: before.device.map { devices.index(of: $0) } ?? -1,
        deviceAfter: after.device.map { devices.index(of: $0) } ?? -1,
        reasonBefore: reasons.index(of: before.reason), reasonAfter: reasons.index(of: after.reason),
        waitlistBefore: before.waitlist.map { waitlists.index(of: $0) } ?? -1,
        waitlistAfter: after.waitlist.map { waitlists.index(of: $0) } ?? -1,
        outcomeBefore: before.outcome, outcomeAfter: after.outcome, isFaultBefore: before.isFault,
        isFaultAfter: after.isFault))
  }

  /// Stores each distinct value once; rows refer to it by index.
  private struct Names<Name: Hashable & Sendable>: Sendable {
    private var names: [Name] = []
    private var indices: [Name: Int32] = [:]

    subscript(index: Int32) -> Name { names[Int(index)] }

    mutating func index(of name: Name) -> Int32 {
      if let index = indices[name] { return index }
      let index = Int32(names.count)
      names.append(name)
      indices[name] = index
      return index
    }
  }
}
