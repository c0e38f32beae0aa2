import Routing
import Wire

/// The columns of a lead in export order.
enum LeadColumn: Int, CarriedColumn {
  case phone, name, device, tags, attributes, optedOutAt, createdAt, timeZone

  var expression: String { self == .device ? "device_id" : carried.name }

  var carried: Carried {
    switch self {
    case .phone: Carried("phone", .phone, mayBeNull: false)
    case .name: Carried("name", .text)
    case .device: Carried("device", .device)
    case .tags: Carried("tags", .labels, standard: "[]".sqlValue)
    case .attributes: Carried("attributes", .scalars, standard: "{}".sqlValue)
    case .optedOutAt: Carried("opted_out_at", .instant)
    case .createdAt: Carried("created_at", .instant, mayBeNull: false)
    case .timeZone: Carried("time_zone", .text)
    }
  }
}

extension ImportSession {
  mutating func applyLead(_ reader: inout JSONReader) throws -> ImportChange {
    let tenant = try tenant(&reader)
    let id = try reader.identifier("id")
    let phone = try reader.given("phone") { (r, k) throws(FieldError) in try r.phone(k) }
    let name = try reader.named("name") { (r, k) throws(FieldError) in try r.text(k) }
    let device = try namedDevice(&reader, "device", of: tenant)
    let timeZone = try reader.named("time_zone") { (r, k) throws(FieldError) in try r.timeZone(k) }
    let triggers = try reader.named("triggers") { (r, k) throws(FieldError) in try r.labels(k) }
    let tags = try reader.named("tags") { (r, k) throws(FieldError) in try r.labels(k) }
    let attributes = try reader.named("attributes") { (r, k) throws(FieldError) in try r.scalars(k) }
    let optOut = try reader.optOut()
    let createdAt = try reader.given("created_at") { (r, k) throws(FieldError) in try r.instant(k) }
    try reader.finish()

    let owner: SQLArguments = [tenants[tenant].key, id]
    var draft: Draft<LeadColumn>
    if let stored: Draft<LeadColumn> = try find(LeadSQL.find, owner) {
      draft = stored
    } else {
      guard phone != nil else {
        throw reader.failure("phone", expected: "the phone of a new lead in E.164 form")
      }
      draft = Draft(new: SQLArguments(LeadColumn.allCases.map(\.carried.standard)))
      draft[.createdAt] = now.sqlValue
    }
    if let phone { draft[.phone] = phone.sqlValue }
    draft.set(.name, name)
    draft.set(.device, device)
    draft.set(.timeZone, timeZone)
    if !tags.isAbsent { draft.setJSON(.tags, .array((tags.value ?? []).map(JSONValue.string))) }
    draft.merge(.attributes, attributes)
    try set(optOut, in: &draft, reader)
    if let createdAt { draft[.createdAt] = createdAt.sqlValue }
    try checkPhone(draft, reader, tenant)

    var (key, change) = try write(draft, owner: owner, insert: LeadSQL.insert, update: LeadSQL.update)
    if draft.key != nil, draft.differs(.phone) {
      try run(LeadSQL.updatePhone, [draft[.phone], key])
    }
    if change == .updated { try releaseFaults(ofLead: key, tenant) }
    if draft.changesAny(of: LeadColumn.ending) { try WaitCauses.changed(lead: key, at: now) { try run($0, $1) } }
    if draft.key != nil, audit != nil { try recordChanges(of: draft, id, tenant) }
    if !triggers.isAbsent,
      try write(triggers.value ?? [], of: key, isNew: draft.isNew, tenant), change == .unchanged
    {
      change = .updated
    }
    return change
  }

  /// Audits an opt-out and a change of phone; other changes are only counted. Leaves out phone numbers, which are
  /// personal; the lead's history has them.
  private func recordChanges(of draft: Draft<LeadColumn>, _ id: String, _ tenant: Int) throws {
    var changes: [FieldChange] = []
    if draft.differs(.phone) { changes.append(FieldChange("phone changed")) }
    if draft.differs(.optedOutAt) {
      changes += draft.changes([(.optedOutAt, "opted_out_at", .instant)])
    }
    try record(changes, of: "lead \(id)", tenant)
  }

  /// An opt-out is the lead's own decision; no file can revoke it.
  private func set(
    _ optOut: OptOutField?, in draft: inout Draft<LeadColumn>, _ reader: JSONReader
  ) throws(FieldError) {
    switch optOut {
    case nil: break
    case .at(let moment): draft[.optedOutAt] = moment.sqlValue
    // A lead that opted out before keeps its original opt-out time.
    case .now: if draft[.optedOutAt].isNull { draft[.optedOutAt] = now.sqlValue }
    case .revoked:
      guard draft[.optedOutAt].isNull else {
        throw FieldError(
          path: reader.path(of: "opted_out"), expected: "the opt-out to remain", found: "a line that revokes it",
          hint: "leave 'opted_out' out")
      }
    }
  }

  /// One lead per phone number: no webhook or file can add a second one (I-21).
  private func checkPhone(_ draft: Draft<LeadColumn>, _ reader: JSONReader, _ tenant: Int) throws {
    guard draft.differs(.phone),
      let id: String = try value(LeadSQL.findPhone, [tenants[tenant].key, draft[.phone]])
    else { return }
    throw FieldError(
      path: reader.path(of: "phone"),
      expected: "a phone that no other lead of tenant '\(tenants[tenant].id)' has",
      found: "\(JSONValue.string(draft[.phone].asText ?? "").briefly) of lead '\(id)'",
      hint: "use the id '\(id)' to update that lead")
  }

  /// Makes `names` the lead's open triggers. A consumed trigger stays consumed (I-23); an open trigger that is no
  /// longer listed is withdrawn. Changes only this lead's rows (I-50). Returns whether any changed.
  private func write(_ names: [String], of lead: Int64, isNew: Bool, _ tenant: Int) throws -> Bool {
    var isChanged = false
    var seen = Set<[UInt8]>()
    if !isNew {
      let named = Set(names.map { Array($0.utf8) })
      let stored = try all(LeadSQL.triggers, [lead]) {
        (key: $0["id"] as Int64, name: $0["trigger"] as String, isOpen: ($0["consumed_at"] as Int64?) == nil)
      }
      for (key, name, isOpen) in stored {
        seen.insert(Array(name.utf8))
        guard isOpen, !named.contains(Array(name.utf8)) else { continue }
        try run(LeadSQL.withdraw, [now, key])
        isChanged = true
      }
    }
    for name in names where !seen.contains(Array(name.utf8)) {
      try run(LeadSQL.insertTrigger, [tenants[tenant].key, lead, name, now])
      isChanged = true
    }
    return isChanged
  }
}

private enum LeadSQL {
  static let find = "SELECT \(LeadColumn.stored) FROM leads WHERE tenant_id = ?1 AND external_id = ?2"
  static let findPhone = "SELECT external_id FROM leads WHERE tenant_id = ?1 AND phone = ?2"
  static let insert = LeadColumn.insert(into: "leads", owner: ["tenant_id", "external_id"])
  static let update = LeadColumn.update("leads")
  /// Messages not yet rendered go to the new phone; queued messages keep the number they were rendered with (I-65).
  static let updatePhone =
    "UPDATE sequence_contacts SET contact_phone = ?1 WHERE lead_id = ?2 AND ended_at IS NULL"
  static let triggers = "SELECT id, trigger, consumed_at FROM lead_triggers WHERE lead_id = ?1"
  static let insertTrigger = """
    INSERT INTO lead_triggers (tenant_id, lead_id, trigger, created_at) VALUES (?1, ?2, ?3, ?4)
    """
  static let withdraw = """
    UPDATE lead_triggers SET consumed_at = ?1, consumed_reason = 'withdrawn', next_at = NULL,
      wait_reason = NULL
    WHERE id = ?2
    """
}

/// A line's opt-out value for a lead.
private enum OptOutField {
  case now, revoked
  case at(Int64)
}

extension JSONReader {
  fileprivate mutating func optOut() throws(FieldError) -> OptOutField? {
    let flag = try given("opted_out") { (r, k) throws(FieldError) in try r.bool(k) }
    let moment = try named("opted_out_at") { (r, k) throws(FieldError) in try r.instant(k) }
    switch (flag, moment) {
    case (nil, .absent): return nil
    case (nil, .null): return .revoked
    case (nil, .value(let moment)): return .at(moment)
    case (let flag?, .absent): return flag ? .now : .revoked
    default:
      throw failure(
        "opted_out", expected: "one of 'opted_out' and 'opted_out_at'", hint: "leave one of them out")
    }
  }
}
