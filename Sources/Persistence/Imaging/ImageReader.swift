internal import GRDB
import Routing

/// Copies out what goes on in a store, table by table, inside a read transaction.
struct ImageReader {
  let db: Database
  let now: Instant
  private let zones: any ZoneOffsets
  var tenants: [TenantImage]
  /// Places of rows by their keys.
  let tenantPlaces: [Int64: Int]
  var devicePlaces: [Int64: Int] = [:]
  var sequencePlaces: [Int64: Int] = [:]
  /// Keys of each tenant's sequences, by their places.
  var sequenceKeys: [[Int64]]
  var tags = ReadTexts<[String]>()
  var attributes = ReadTexts<[Parameter]>()

  /// `tenant` nil: all of them. One that does not exist gives an image of none.
  init(_ db: Database, of tenant: TenantID?, at now: Instant, zones: any ZoneOffsets) throws {
    (self.db, self.now, self.zones) = (db, now, zones)
    let all = try Row.fetchAll(db, sql: "SELECT \(TenantRow.columns) FROM tenants t ORDER BY t.id")
    let guards = try GuardRows(db)
    tenants = all.map { TenantRow.tenant($0, guards: guards) }.filter { tenant == nil || $0.id == tenant }.map(
      TenantImage.init)
    sequenceKeys = Array(repeating: [], count: tenants.count)
    tenantPlaces = Dictionary(
      uniqueKeysWithValues: tenants.enumerated().map { ($0.element.tenant.key.raw, $0.offset) })
  }

  mutating func read(modelLeads: Int) throws -> StoreImage {
    for place in tenants.indices {
      let key = tenants[place].tenant.key
      tenants[place].generation = try Activations(db).current(of: key)
      tenants[place].texts = try PolicyTexts(db, of: key).all()
      tenants[place].streaks = try PolicyStreak.all(of: key, in: db)
    }
    try readDevices()
    try readSends()
    try readSequences()
    try readEnrolments()
    try readCarried()
    try readTriggers()
    if modelLeads > 0 { try readModels(most: modelLeads) }
    var image = StoreImage(
      tenants: tenants, lastEnrolment: EnrolmentKey(try last("sequence_contacts")),
      lastMessage: MessageKey(try last("broadcast_messages")), zones: zones)
    image.isPinned = try Bool.fetchOne(db, sql: "SELECT pinned FROM leader WHERE id = 1") ?? false
    return image
  }

  private func last(_ table: String) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT max(id) FROM \(table)") ?? 0
  }
}

// MARK: - Devices

extension ImageReader {
  private mutating func readDevices() throws {
    let rows = try Row.fetchCursor(
      db, sql: "SELECT \(DeviceRow.columns), d.tenant_id FROM user_devices d ORDER BY d.id")
    while let row = try rows.next() {
      guard let tenant = tenantPlaces[row[18]] else { continue }
      let device = DeviceRow.device(row)
      devicePlaces[device.key.raw] = tenants[tenant].devices.count
      tenants[tenant].devices.append(DeviceImage(device: device))
    }
  }

  /// As the caps count them, and as `failures_hour` does.
  private mutating func readSends() throws {
    let windows = try SendWindows(reading: db, at: now)
    for tenant in tenants.indices {
      for device in tenants[tenant].devices.indices {
        tenants[tenant].devices[device].sends = windows.of(tenants[tenant].devices[device].device.key)
      }
    }
    let failures = try RawStatement(
      db,
      """
      SELECT tenant_id, device_id, finished_at FROM attempts INDEXED BY attempts_troubled
      WHERE outcome <> 'accepted' AND outcome <> 'not_sent' AND finished_at > ?1 AND finished_at <= ?2 ORDER BY finished_at
      """)
    failures.bind(1, now.milliseconds - RecentSends.hour)
    failures.bind(2, now.milliseconds)
    while try failures.step() {
      guard let tenant = tenantPlaces[failures.integer(0)], let device = devicePlaces[failures.integer(1)] else {
        continue
      }
      tenants[tenant].devices[device].failures.append(failures.integer(2))
    }
  }
}

// MARK: - Sequences

extension ImageReader {
  private mutating func readSequences() throws {
    let rows = try RawStatement(
      db, "SELECT id, tenant_id, external_id, trigger, status = 'active' FROM sequences ORDER BY id")
    while try rows.step() {
      guard let tenant = tenantPlaces[rows.integer(1)] else { continue }
      sequencePlaces[rows.integer(0)] = tenants[tenant].sequences.count
      sequenceKeys[tenant].append(rows.integer(0))
      tenants[tenant].sequences.append(
        SequenceImage(id: rows.text(2), trigger: rows.optionalText(3), isActive: rows.integer(4) != 0))
    }
    let steps = try RawStatement(
      db,
      """
      SELECT q.tenant_id, s.sequence_id, s.ordinal, s.id, s.delay_ms, s.content
      FROM sequence_steps s JOIN sequences q ON q.id = s.sequence_id
      """)
    while try steps.step() {
      guard let tenant = tenantPlaces[steps.integer(0)], let sequence = sequencePlaces[steps.integer(1)] else {
        continue
      }
      tenants[tenant].sequences[sequence].steps[Int(steps.integer(2))] = SequenceImage.Step(
        key: RowKey(steps.integer(3)), delayMilliseconds: steps.integer(4), content: steps.text(5))
    }
  }
}

// MARK: - Enrolments and messages

extension ImageReader {
  /// Open enrolments, and those of messages that have not left, with these messages.
  private mutating func readEnrolments() throws {
    let rows = try RawStatement(
      db,
      """
      SELECT c.tenant_id, c.id, c.external_id, c.sequence_id, c.current_step, c.status, c.due_at, c.next_at, c.attempts,
        c.assigned_device_id, c.last_device_id, c.contact_phone, l.name, l.tags, l.attributes,
        l.opted_out_at IS NOT NULL, l.id, l.time_zone, c.moves
      FROM sequence_contacts c CROSS JOIN leads l ON l.id = c.lead_id
      WHERE c.status = 'scheduled' OR c.status = 'waiting' OR c.status = 'queued'
        OR c.id IN (SELECT sequence_contact_id FROM broadcast_messages WHERE status = 'pending'
          UNION SELECT sequence_contact_id FROM broadcast_messages WHERE status = 'sending')
      ORDER BY c.id
      """)
    var places: [Int64: Int] = [:]
    while try rows.step() {
      guard let tenant = tenantPlaces[rows.integer(0)], let sequence = sequencePlaces[rows.integer(3)],
        // The schema knows the same states.
        let status = EnrolmentStatus(rawValue: rows.text(5))
      else { continue }
      places[rows.integer(1)] = tenants[tenant].enrolments.count
      var lead = lead(
        rows, key: 16, phone: 11, name: 12, tags: 13, attributes: 14, zone: 17, isOptedOut: rows.integer(15) != 0)
      if PhoneNumber(lead.phone) == nil { lead.isReadable = false }
      tenants[tenant].enrolments.append(
        EnrolmentImage(
          key: EnrolmentKey(rows.integer(1)), id: ContactID(stored: rows.text(2)), lead: lead, sequence: sequence,
          step: Int(rows.integer(4)), status: status, dueAt: Instant(milliseconds: rows.integer(6)),
          nextAt: rows.optionalInteger(7).map(Instant.init(milliseconds:)), attempts: Int(rows.integer(8)),
          assigned: rows.optionalInteger(9).flatMap { devicePlaces[$0] },
          lastDevice: rows.optionalInteger(10).flatMap { devicePlaces[$0] }, moves: Int(rows.integer(18))))
    }
    try readMessages(places)
    try readSent()
  }

  private mutating func readMessages(_ enrolments: [Int64: Int]) throws {
    for status in ["pending", "sending"] {
      let rows = try RawStatement(
        db,
        """
        SELECT m.tenant_id, m.id, m.device_id, m.sequence_contact_id, s.ordinal, m.created_at
        FROM broadcast_messages m INDEXED BY broadcast_messages_\(status)
        CROSS JOIN sequence_steps s ON s.id = m.sequence_step_id
        WHERE m.status = '\(status)'
        """)
      while try rows.step() {
        guard let tenant = tenantPlaces[rows.integer(0)], let device = devicePlaces[rows.integer(2)],
          let enrolment = enrolments[rows.integer(3)]
        else { continue }
        tenants[tenant].messages.append(
          MessageImage(
            key: MessageKey(rows.integer(1)), device: device, enrolment: enrolment, step: Int(rows.integer(4)),
            createdAt: Instant(milliseconds: rows.integer(5)), isBeingSent: status == "sending"))
      }
    }
    for tenant in tenants.indices { tenants[tenant].messages.sort { $0.key < $1.key } }
  }

  /// As `CycleSQL.recentMessages` counts them.
  private mutating func readSent() throws {
    let rows = try RawStatement(
      db,
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
      GROUP BY m.id
      ORDER BY at
      """)
    rows.bind(1, now.milliseconds - RecentSends.day)
    while try rows.step() {
      guard let tenant = tenantPlaces[rows.integer(0)] else { continue }
      tenants[tenant].sent.append(
        SentImage(lead: LeadKey(rows.integer(1)), at: Instant(milliseconds: rows.integer(2))))
    }
  }

  private mutating func readCarried() throws {
    let rows = try RawStatement(
      db,
      """
      SELECT c.tenant_id, c.id, s.ordinal, m.status, m.sent_at
      FROM sequence_contacts c
      CROSS JOIN broadcast_messages m ON m.sequence_contact_id = c.id
      CROSS JOIN sequence_steps s ON s.id = m.sequence_step_id
      WHERE ((c.status = 'scheduled' OR c.status = 'waiting') AND s.ordinal >= c.current_step)
        OR (c.status = 'queued' AND s.ordinal > c.current_step)
      """)
    while try rows.step() {
      guard let tenant = tenantPlaces[rows.integer(0)] else { continue }
      let step = CarriedStep(enrolment: EnrolmentKey(rows.integer(1)), step: Int(rows.integer(2)))
      tenants[tenant].carried[step] = CarriedMessage(
        status: MessageStatus(rawValue: rows.text(3)) ?? .pending,
        sentAt: rows.optionalInteger(4).map(Instant.init(milliseconds:)))
    }
  }
}

// MARK: - Leads

extension ImageReader {
  private mutating func readTriggers() throws {
    let rows = try RawStatement(
      db,
      """
      SELECT t.tenant_id, t.trigger, t.next_at, l.id, l.external_id, l.phone, l.name, l.tags, l.attributes, l.device_id,
        l.time_zone
      FROM lead_triggers t CROSS JOIN leads l ON l.id = t.lead_id
      WHERE t.consumed_at IS NULL AND l.opted_out_at IS NULL ORDER BY t.id
      """)
    let enrolled = try RawStatement(
      db, "SELECT 1 FROM sequence_contacts WHERE sequence_id = ?1 AND lead_id = ?2")
    let taken = try RawStatement(db, "SELECT 1 FROM sequence_contacts WHERE tenant_id = ?1 AND external_id = ?2")
    while try rows.step() {
      guard let tenant = tenantPlaces[rows.integer(0)] else { continue }
      let matches = tenants[tenant].matches(of: rows.text(1))
      if matches.isEmpty { continue }
      var lead = lead(rows, key: 3, phone: 5, name: 6, tags: 7, attributes: 8, zone: 10, isOptedOut: false)
      lead.device = rows.optionalInteger(9).flatMap { devicePlaces[$0] }
      var trigger = TriggerImage(
        name: rows.text(1), leadID: rows.text(4), lead: lead,
        nextAt: rows.optionalInteger(2).map(Instant.init(milliseconds:)))
      for match in matches {
        enrolled.bind(1, sequenceKeys[tenant][match])
        enrolled.bind(2, rows.integer(3))
        if try enrolled.hasRow() { trigger.enrolledIn.append(match) }
        taken.bind(1, tenants[tenant].tenant.key.raw)
        taken.bind(2, "\(tenants[tenant].sequences[match].id)/\(trigger.leadID)")
        if try taken.hasRow() { trigger.takenIn.append(match) }
      }
      tenants[tenant].triggers.append(trigger)
    }
  }

  /// Leads at even distances, so that the first ones imported do not stand for all.
  private mutating func readModels(most: Int) throws {
    let count = try RawStatement(db, "SELECT count(*) FROM leads WHERE tenant_id = ?1 AND opted_out_at IS NULL")
    let rows = try RawStatement(
      db,
      """
      SELECT phone, name, tags, attributes, device_id, id, time_zone FROM (
        SELECT phone, name, tags, attributes, device_id, id, time_zone, row_number() OVER (ORDER BY id) AS place
        FROM leads WHERE tenant_id = ?1 AND opted_out_at IS NULL)
      WHERE place % ?2 = 0
      """)
    for tenant in tenants.indices {
      let key = tenants[tenant].tenant.key.raw
      count.bind(1, key)
      _ = try count.step()
      let distance = max(1, (Int(count.integer(0)) + most - 1) / most)
      count.reset()
      rows.bind(1, key)
      rows.bind(2, Int64(distance))
      while try rows.step() {
        var lead = lead(rows, key: 5, phone: 0, name: 1, tags: 2, attributes: 3, zone: 6, isOptedOut: false)
        guard lead.isReadable else { continue }
        lead.device = rows.optionalInteger(4).flatMap { devicePlaces[$0] }
        tenants[tenant].models.append(lead)
      }
    }
  }

  private mutating func lead(
    _ row: RawStatement, key: CInt, phone: CInt, name: CInt, tags tagColumn: CInt, attributes attributeColumn: CInt,
    zone: CInt, isOptedOut: Bool
  ) -> LeadImage {
    var lead = LeadImage(
      key: LeadKey(row.integer(key)), phone: row.text(phone), name: row.optionalText(name), tags: [], attributes: [],
      timeZone: row.optionalText(zone), isOptedOut: isOptedOut)
    do {
      lead.tags = try row.withText(tagColumn) { (text) throws(UnreadableRow) in
        try tags.value(of: text) { (text) throws(UnreadableRow) in try JSONText.texts(text, "tags") }
      }
      lead.attributes = try row.withText(attributeColumn) { (text) throws(UnreadableRow) in
        try attributes.value(of: text) { (text) throws(UnreadableRow) in
          try JSONText.parameters(text, "attributes")
        }
      }
    } catch { lead.isReadable = false }
    return lead
  }
}

extension RawStatement {
  /// Whether a look-up finds anything.
  fileprivate func hasRow() throws -> Bool {
    guard try step() else { return false }
    reset()
    return true
  }
}
