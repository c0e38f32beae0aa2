import Routing

/// Reads the current state of a store for a simulation, table by table, inside a read transaction.
struct SimulationStateReader {
  let db: any SQLConnection
  let now: Instant
  private let zones: any ZoneOffsets
  var tenants: [TenantState]
  /// The index of each row, by its key.
  let tenantPlaces: [Int64: Int]
  var devicePlaces: [Int64: Int] = [:]
  var sequencePlaces: [Int64: Int] = [:]
  /// The keys of each tenant's sequences, in index order.
  var sequenceKeys: [[Int64]]
  var tags = ReadTexts<[String]>()
  var attributes = ReadTexts<[Parameter]>()

  /// `tenant` nil reads all tenants. An unknown tenant gives an empty state.
  init(_ db: any SQLConnection, of tenant: TenantID?, at now: Instant, zones: any ZoneOffsets) throws {
    (self.db, self.now, self.zones) = (db, now, zones)
    let guards = try GuardRows(db)
    let all = try db.all("SELECT \(TenantRow.columns) FROM tenants t ORDER BY t.id") { row in
      TenantRow.tenant(row, guards: guards)
    }
    tenants = all.filter { tenant == nil || $0.id == tenant }.map(TenantState.init)
    sequenceKeys = Array(repeating: [], count: tenants.count)
    tenantPlaces = Dictionary(
      uniqueKeysWithValues: tenants.enumerated().map { ($0.element.tenant.key.raw, $0.offset) })
  }

  mutating func read(modelLeads: Int) throws -> SimulationState {
    for place in tenants.indices {
      let key = tenants[place].tenant.key
      tenants[place].generation = try Activations(db).current(of: key)
      tenants[place].texts = try PolicyTexts(db, of: key).all()
      tenants[place].streaks = try PolicyStreak.all(of: key, in: db)
    }
    try db.each("SELECT tenant_id, of_devices, retired_device_id FROM wakes WHERE ended_at IS NULL") { row in
      guard let place = tenantPlaces[row["tenant_id"]] else { return }
      tenants[place].openWake = WakeScope(isOfDevices: row["of_devices"], retired: row["retired_device_id"])
    }
    try readDevices()
    try readSends()
    try readSequences()
    try readEnrolments()
    try readCarried()
    try readTriggers()
    if modelLeads > 0 { try readModels(most: modelLeads) }
    var state = SimulationState(
      tenants: tenants, lastEnrolment: EnrolmentKey(try last("sequence_contacts")),
      lastMessage: MessageKey(try last("broadcast_messages")), zones: zones)
    let pausesUntil: Int64? = try db.value("SELECT pauses_until FROM store WHERE id = 1")
    state.pausesUntil = Instant(milliseconds: pausesUntil ?? 0)
    state.isPinned = try db.value("SELECT pinned FROM leader WHERE id = 1") ?? false
    return state
  }

  private func last(_ table: String) throws -> Int64 {
    try db.value("SELECT max(id) FROM \(table)") ?? 0
  }
}

// MARK: - Devices

extension SimulationStateReader {
  private mutating func readDevices() throws {
    try db.each("SELECT \(DeviceRow.columns), d.tenant_id FROM user_devices d ORDER BY d.id") { row in
      guard let tenant = tenantPlaces[row["tenant_id"]] else { return }
      let device = DeviceRow.device(row)
      devicePlaces[device.key.raw] = tenants[tenant].devices.count
      tenants[tenant].devices.append(DeviceState(device: device))
    }
  }

  /// Reads sends as the caps count them, and failures as `failures_hour` does.
  private mutating func readSends() throws {
    let windows = try SendWindows(reading: db, at: now)
    for tenant in tenants.indices {
      for device in tenants[tenant].devices.indices {
        tenants[tenant].devices[device].sends = windows.of(tenants[tenant].devices[device].device.key)
      }
    }
    try db.each(
      """
      SELECT tenant_id, device_id, finished_at FROM attempts INDEXED BY attempts_troubled
      WHERE outcome <> 'accepted' AND outcome <> 'not_sent' AND finished_at > ?1 AND finished_at <= ?2 ORDER BY finished_at
      """, [now.milliseconds - RecentSends.hour, now.milliseconds]
    ) { row in
      guard let tenant = tenantPlaces[row["tenant_id"]], let device = devicePlaces[row["device_id"]] else { return }
      tenants[tenant].devices[device].failures.append(row["finished_at"])
    }
  }
}

// MARK: - Sequences

extension SimulationStateReader {
  private mutating func readSequences() throws {
    try db.each("SELECT id, tenant_id, external_id, trigger, status FROM sequences ORDER BY id") { row in
      let key: Int64 = row["id"]
      guard let tenant = tenantPlaces[row["tenant_id"]] else { return }
      sequencePlaces[key] = tenants[tenant].sequences.count
      sequenceKeys[tenant].append(key)
      tenants[tenant].sequences.append(
        SequenceState(
          id: row["external_id"], trigger: row["trigger"], isActive: (row["status"] as String) == "active"))
    }
    try db.each(
      """
      SELECT q.tenant_id, s.sequence_id, s.ordinal, s.delay_ms, s.content, s.priority
      FROM sequence_steps s JOIN sequences q ON q.id = s.sequence_id
      """
    ) { row in
      guard let tenant = tenantPlaces[row["tenant_id"]], let sequence = sequencePlaces[row["sequence_id"]] else {
        return
      }
      let ordinal: Int = row["ordinal"]
      tenants[tenant].sequences[sequence].steps[ordinal] = SequenceState.Step(
        delayMilliseconds: row["delay_ms"], content: row["content"], priority: Priority(stored: row["priority"]))
    }
  }
}

// MARK: - Enrolments and messages

extension SimulationStateReader {
  /// Reads open enrolments, messages that have not left, and the enrolments of those messages.
  private mutating func readEnrolments() throws {
    let rows = try db.prepare(
      """
      SELECT \(EnrolmentColumn.select)
      FROM sequence_contacts c CROSS JOIN leads l ON l.id = c.lead_id
      WHERE c.status = 'scheduled' OR c.status = 'waiting' OR c.status = 'queued'
        OR c.id IN (SELECT sequence_contact_id FROM broadcast_messages WHERE status = 'pending'
          UNION SELECT sequence_contact_id FROM broadcast_messages WHERE status = 'sending')
      ORDER BY c.id
      """)
    var places: [Int64: Int] = [:]
    let waitlists = try waitlists()
    while try rows.step() {
      let key = rows.integer(EnrolmentColumn.key)
      guard let tenant = tenantPlaces[rows.integer(EnrolmentColumn.tenant)],
        let sequence = sequencePlaces[rows.integer(EnrolmentColumn.sequence)],
        // The schema allows the same states only.
        let status = EnrolmentStatus(rawValue: rows.text(EnrolmentColumn.status))
      else { continue }
      places[key] = tenants[tenant].enrolments.count
      var lead = lead(rows, EnrolmentColumn.lead, isOptedOut: rows.optionalInteger(EnrolmentColumn.optedOutAt) != nil)
      if PhoneNumber(lead.phone) == nil { lead.isReadable = false }
      var enrolment = EnrolmentState(
        key: EnrolmentKey(key), id: ContactID(stored: rows.text(EnrolmentColumn.id)), lead: lead, sequence: sequence,
        step: Int(rows.integer(EnrolmentColumn.step)), status: status,
        dueAt: Instant(milliseconds: rows.integer(EnrolmentColumn.dueAt)),
        nextAt: rows.optionalInteger(EnrolmentColumn.nextAt).map(Instant.init(milliseconds:)),
        attempts: Int(rows.integer(EnrolmentColumn.attempts)),
        assigned: rows.optionalInteger(EnrolmentColumn.assignedDevice).flatMap { devicePlaces[$0] },
        lastDevice: rows.optionalInteger(EnrolmentColumn.lastDevice).flatMap { devicePlaces[$0] },
        moves: Int(rows.integer(EnrolmentColumn.moves)), faults: Int(rows.integer(EnrolmentColumn.faults)))
      enrolment.waitlist = rows.optionalInteger(EnrolmentColumn.waitlist).flatMap { waitlists[$0] }
      enrolment.priority = Priority(rawValue: Int(rows.integer(EnrolmentColumn.priority))) ?? .normal
      tenants[tenant].enrolments.append(enrolment)
    }
    try readAnswers(places)
    try readMessages(places)
    try readSent()
  }

  private mutating func readMessages(_ enrolments: [Int64: Int]) throws {
    for status in ["pending", "sending"] {
      try db.each(
        """
        SELECT m.tenant_id, m.device_id, m.sequence_contact_id, m.id, s.ordinal, m.created_at,
          m.priority
        FROM broadcast_messages m INDEXED BY broadcast_messages_\(status)
        CROSS JOIN sequence_steps s ON s.id = m.sequence_step_id
        WHERE m.status = '\(status)'
        """
      ) { row in
        guard let tenant = tenantPlaces[row["tenant_id"]], let device = devicePlaces[row["device_id"]],
          let enrolment = enrolments[row["sequence_contact_id"]]
        else { return }
        tenants[tenant].messages.append(
          MessageState(
            key: MessageKey(row["id"]), device: device, enrolment: enrolment, step: row["ordinal"],
            createdAt: Instant(milliseconds: row["created_at"]), isBeingSent: status == "sending",
            priority: Priority(stored: row["priority"])))
      }
    }
    for tenant in tenants.indices { tenants[tenant].messages.sort { $0.key < $1.key } }
  }

  /// Counts as `CycleSQL.recentMessages` does.
  private mutating func readSent() throws {
    try db.each(
      """
      SELECT c.tenant_id, c.lead_id, m.sent_at AS at
      FROM sequence_contacts c CROSS JOIN broadcast_messages m ON m.sequence_contact_id = c.id
      WHERE c.last_sent_at > ?1 AND m.sent_at > ?1
      UNION ALL
      SELECT c.tenant_id, c.lead_id, max(a.finished_at)
      FROM attempts a INDEXED BY attempts_sent
      CROSS JOIN broadcast_messages m ON m.id = a.message_id AND m.status = 'unknown'
      CROSS JOIN sequence_contacts c ON c.id = m.sequence_contact_id
      WHERE a.outcome IN ('accepted', 'unknown') AND a.outcome = 'unknown' AND a.finished_at > ?1
      GROUP BY m.id, c.id
      ORDER BY at
      """, [now.milliseconds - RecentSends.day]
    ) { row in
      guard let tenant = tenantPlaces[row["tenant_id"]] else { return }
      tenants[tenant].sent.append(SentState(lead: LeadKey(row["lead_id"]), at: Instant(milliseconds: row["at"])))
    }
  }

  private mutating func readCarried() throws {
    try db.each(
      """
      SELECT c.tenant_id, c.id, s.ordinal, m.status, m.sent_at
      FROM sequence_contacts c
      CROSS JOIN broadcast_messages m ON m.sequence_contact_id = c.id
      CROSS JOIN sequence_steps s ON s.id = m.sequence_step_id
      WHERE ((c.status = 'scheduled' OR c.status = 'waiting') AND s.ordinal >= c.current_step)
        OR (c.status = 'queued' AND s.ordinal > c.current_step)
      """
    ) { row in
      guard let tenant = tenantPlaces[row["tenant_id"]] else { return }
      let step = CarriedStep(enrolment: EnrolmentKey(row["id"]), step: row["ordinal"])
      tenants[tenant].carried[step] = CarriedMessage(
        status: MessageStatus(rawValue: row["status"]) ?? .pending,
        sentAt: (row["sent_at"] as Int64?).map(Instant.init(milliseconds:)))
    }
  }
}

// MARK: - Leads

extension SimulationStateReader {
  private mutating func readTriggers() throws {
    let rows = try db.prepare(
      """
      SELECT \(TriggerColumn.select)
      FROM lead_triggers t CROSS JOIN leads l ON l.id = t.lead_id
      WHERE t.consumed_at IS NULL AND l.opted_out_at IS NULL ORDER BY t.id
      """)
    let enrolled = try db.prepare("SELECT 1 FROM sequence_contacts WHERE sequence_id = ?1 AND lead_id = ?2")
    let taken = try db.prepare("SELECT 1 FROM sequence_contacts WHERE tenant_id = ?1 AND external_id = ?2")
    while try rows.step() {
      guard let tenant = tenantPlaces[rows.integer(TriggerColumn.tenant)] else { continue }
      let name = rows.text(TriggerColumn.name)
      let matches = tenants[tenant].matches(of: name)
      if matches.isEmpty { continue }
      var lead = lead(rows, TriggerColumn.lead, isOptedOut: false)
      lead.device = rows.optionalInteger(TriggerColumn.device).flatMap { devicePlaces[$0] }
      var trigger = TriggerState(
        name: name, leadID: rows.text(TriggerColumn.leadID), lead: lead,
        createdAt: Instant(milliseconds: rows.integer(TriggerColumn.createdAt)),
        nextAt: rows.optionalInteger(TriggerColumn.nextAt).map(Instant.init(milliseconds:)))
      for match in matches {
        enrolled.bind([sequenceKeys[tenant][match], lead.key.raw])
        if try enrolled.hasRow() { trigger.enrolledIn.append(match) }
        taken.bind([
          tenants[tenant].tenant.key.raw,
          ContactID(sequence: tenants[tenant].sequences[match].id, lead: trigger.leadID).text,
        ])
        if try taken.hasRow() { trigger.takenIn.append(match) }
      }
      tenants[tenant].triggers.append(trigger)
    }
  }

  /// Picks leads at even distances, so that the sample is not limited to those imported first.
  private mutating func readModels(most: Int) throws {
    let count = "SELECT count(*) FROM leads WHERE tenant_id = ?1 AND opted_out_at IS NULL"
    let rows = try db.prepare(
      """
      SELECT \(ModelColumn.select) FROM (
        SELECT phone, name, tags, attributes, device_id, id, time_zone, row_number() OVER (ORDER BY id) AS place
        FROM leads WHERE tenant_id = ?1 AND opted_out_at IS NULL) l
      WHERE l.place % ?2 = 0
      """)
    for tenant in tenants.indices {
      let key = tenants[tenant].tenant.key.raw
      let leads: Int = try db.value(count, [key]) ?? 0
      let distance = max(1, (leads + most - 1) / most)
      rows.bind([key, distance])
      while try rows.step() {
        var lead = lead(rows, ModelColumn.lead, isOptedOut: false)
        guard lead.isReadable else { continue }
        lead.device = rows.optionalInteger(ModelColumn.device).flatMap { devicePlaces[$0] }
        tenants[tenant].models.append(lead)
      }
    }
  }

  private mutating func lead(_ row: any SQLStatement, _ places: LeadPlaces, isOptedOut: Bool) -> LeadState {
    var lead = LeadState(
      key: LeadKey(row.integer(places.key)), phone: row.text(places.phone), name: row.optionalText(places.name),
      tags: [], attributes: [], timeZone: row.optionalText(places.zone), isOptedOut: isOptedOut)
    do {
      lead.tags = try row.withText(places.tags) { (text) throws(UnreadableRow) in
        try tags.value(of: text) { (text) throws(UnreadableRow) in try JSONText.texts(text, "tags") }
      }
      lead.attributes = try row.withText(places.attributes) { (text) throws(UnreadableRow) in
        try attributes.value(of: text) { (text) throws(UnreadableRow) in
          try JSONText.parameters(text, "attributes")
        }
      }
    } catch { lead.isReadable = false }
    return lead
  }
}

extension SQLStatement {
  /// Whether a lookup finds a row.
  fileprivate func hasRow() throws -> Bool {
    guard try step() else { return false }
    reset()
    return true
  }
}

extension SQLStore {
  /// Copies the current state for a simulation; see `SimulationReadable`. Uses one read transaction; walks over all
  /// enrolments.
  package func state(of tenant: TenantID?, modelLeads: Int, at now: Instant) throws -> SimulationState {
    try reading { db in
      var reader = try SimulationStateReader(db, of: tenant, at: now, zones: zones)
      return try reader.read(modelLeads: modelLeads)
    }
  }
}
