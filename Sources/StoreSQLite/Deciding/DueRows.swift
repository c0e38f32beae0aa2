import Routing
import StoreSQL

/// A tenant's due steps, oldest first, read one by one.
///
/// Rows behind the walk may be written while it is open. A row that is written to a later position may be met there
/// again.
struct DueRows {
  private let statements: DueStatements
  private let now: Instant
  private var sequences: [Int64: String] = [:]
  private var places: [PlaceKey: StepPlace] = [:]
  private var devices: [Int64: DeviceID] = [:]
  /// The tenant's devices in key order, set once they are loaded: their ids then need not be read again.
  var fleet: Fleet?
  private var lastPlace: (key: PlaceKey, place: StepPlace)?
  private var lastSequence: (key: Int64, id: String)?
  /// Whether `isEmpty` found a row that `next` has not returned yet.
  private var isAtRow = false

  private struct PlaceKey: Hashable {
    let sequence: Int64
    let ordinal: Int64
  }

  /// `limit` nil reads all.
  init(_ statements: DueStatements, tenant: TenantKey, limit: Int? = nil, at now: Instant) {
    (self.statements, self.now) = (statements, now)
    statements.due.bind(1, tenant.raw)
    statements.due.bind(2, now.milliseconds)
    // SQLite treats a negative limit as no limit.
    statements.due.bind(3, limit.map(Int64.init) ?? -1)
  }

  /// Reads one contact, due or not, with the statement of `CycleSQL.undecided`.
  init(_ statements: DueStatements, contact: ContactID, of tenant: TenantKey, at now: Instant) {
    (self.statements, self.now) = (statements, now)
    statements.due.bind(1, contact.text)
    statements.due.bind(2, tenant.raw)
  }

  /// Reads single contacts with `row(of:)`; `statements` are for `WaitlistSQL.contact` or `undecided`.
  init(_ statements: DueStatements, at now: Instant) { (self.statements, self.now) = (statements, now) }

  /// One contact by its key; nil if the statement does not select it.
  mutating func row(of enrolment: EnrolmentKey) throws -> DueRow? {
    statements.due.reset()
    statements.due.bind(1, enrolment.raw)
    statements.due.bind(2, now.milliseconds)
    return try next()
  }

  /// Whether no row is due; call it before the first `next`. Costs the walk's first step and reads no column.
  mutating func isEmpty() throws -> Bool {
    isAtRow = try statements.due.step()
    return !isAtRow
  }

  /// The next row; nil after the last one.
  mutating func next() throws -> DueRow? {
    if isAtRow {
      isAtRow = false
    } else {
      guard try statements.due.step() else { return nil }
    }
    let row = statements.due
    let (enrolment, sequence) = (row.integer(DueColumn.enrolment), row.integer(DueColumn.sequence))
    let place = try place(PlaceKey(sequence: sequence, ordinal: row.integer(DueColumn.step)))
    return DueRow(
      enrolment: enrolment, sequence: sequence, assignedDevice: row.optionalInteger(DueColumn.assignedDevice),
      lastDevice: row.optionalInteger(DueColumn.lastDevice), lastDecision: row.optionalInteger(DueColumn.lastDecision),
      place: place,
      content: try content(enrolment, sequence, place))
  }

  /// Ends the walk before its last row.
  func stop() { statements.due.reset() }

  private mutating func content(_ enrolment: Int64, _ sequence: Int64, _ place: StepPlace) throws
    -> DueRow.Content
  {
    if let message = try message(enrolment, place.step) { return .carried(by: message) }
    let (assigned, last) = (try deviceID(.assignedDevice), try deviceID(.lastDevice))
    let messagesDay = try messagesDay()
    do throws(UnreadableRow) {
      let row = statements.due
      let phone = try phone()
      let tags = try row.withText(DueColumn.tags.rawValue) { (text) throws(UnreadableRow) in
        try statements.tags.value(of: text) { (text) throws(UnreadableRow) in try JSONText.texts(text, "tags") }
      }
      let attributes = try row.withText(DueColumn.attributes.rawValue) { (text) throws(UnreadableRow) in
        try statements.attributes.value(of: text) { (text) throws(UnreadableRow) in
          try JSONText.parameters(text, "attributes")
        }
      }
      let contact = Contact(
        key: EnrolmentKey(enrolment), id: ContactID(stored: row.text(DueColumn.contact)), phone: phone,
        name: row.optionalText(DueColumn.name), sequence: sequenceID(sequence), step: place.ordinal,
        assignedDevice: assigned, assignedKey: row.optionalInteger(DueColumn.assignedDevice).map(DeviceKey.init(_:)),
        dueAt: Instant(milliseconds: row.integer(DueColumn.dueAt)),
        attempts: Int(row.integer(DueColumn.attempts)), lastDevice: last, tags: tags, attributes: attributes,
        messagesDay: messagesDay, moves: Int(row.integer(DueColumn.moves)), priority: place.priority,
        utcOffsetMinutes: row.optionalText(DueColumn.timeZone).map { statements.zones.minutes(of: $0, at: now) })
      return .due(
        DueStep(
          contact: contact, content: place.content,
          isOptedOut: !row.isNull(DueColumn.optedOutAt), otherwiseEnrolledLead: otherwiseEnrolledLead,
          faults: Int(row.integer(DueColumn.faults))))
    } catch {
      return .unreadable(error)
    }
  }

  /// The lead, if it has other enrolments.
  private var otherwiseEnrolledLead: LeadKey? {
    let row = statements.due
    return row.integer(DueColumn.isEnrolledAgain) != 0 ? LeadKey(row.integer(DueColumn.lead)) : nil
  }

  /// Messages to the lead in the last 24 hours. Most leads have one enrolment, and a due step has no message on its
  /// way: if this enrolment sent none in that time, there are none, and the query is skipped.
  private func messagesDay() throws -> Int {
    let row = statements.due
    let dayAgo = now.advanced(byMilliseconds: -RecentSends.day).milliseconds
    let wasSent = row.optionalInteger(DueColumn.lastSentAt).map { $0 > dayAgo } ?? false
    guard row.integer(DueColumn.isEnrolledAgain) != 0 || wasSent else { return 0 }
    let count = statements.recentMessages
    count.bind(1, row.integer(DueColumn.lead))
    count.bind(2, dayAgo)
    defer { count.reset() }
    return try count.step() ? Int(count.onlyInteger) : 0
  }

  /// A number that no gateway accepts must never get into a message (I-59).
  private func phone() throws(UnreadableRow) -> String {
    let phone: String? = statements.due.withText(DueColumn.phone.rawValue) { bytes in
      guard bytes.count >= 8, bytes.count <= 16, bytes[0] == UInt8(ascii: "+"), bytes[1] != UInt8(ascii: "0") else {
        return nil
      }
      for index in 1..<bytes.count where bytes[index] < UInt8(ascii: "0") || bytes[index] > UInt8(ascii: "9") {
        return nil
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    guard let phone else {
      throw UnreadableRow("contact_phone: expected a number in E.164 form, such as +60123456789")
    }
    return phone
  }

  private mutating func sequenceID(_ key: Int64) -> String {
    if let lastSequence, lastSequence.key == key { return lastSequence.id }
    let id = sequences[key] ?? statements.due.text(DueColumn.sequenceID)
    sequences[key] = id
    lastSequence = (key, id)
    return id
  }

  private mutating func deviceID(_ column: DueColumn) throws -> DeviceID? {
    guard let key = statements.due.optionalInteger(column) else { return nil }
    if let id = knownDevice(key) ?? devices[key] { return id }
    let id = try readDevice(key)
    devices[key] = id
    return id
  }

  private func knownDevice(_ key: Int64) -> DeviceID? {
    guard let members = fleet?.members else { return nil }
    var (low, high) = (0, members.count)
    while low < high {
      let middle = (low + high) / 2
      if members[middle].device.key.raw < key { low = middle + 1 } else { high = middle }
    }
    return low < members.count && members[low].device.key.raw == key ? members[low].device.id : nil
  }

  private func readDevice(_ key: Int64) throws -> DeviceID {
    let statement = statements.device
    statement.bind(1, key)
    defer { statement.reset() }
    guard try statement.step() else {
      throw StoreError.conflict("expected device \(key) of an enrolment, found none")
    }
    return DeviceID(stored: statement.onlyText)
  }

  private mutating func place(_ key: PlaceKey) throws -> StepPlace {
    if let lastPlace, lastPlace.key == key { return lastPlace.place }
    let place = try places[key] ?? readPlace(key)
    places[key] = place
    lastPlace = (key, place)
    return place
  }

  private func readPlace(_ key: PlaceKey) throws -> StepPlace {
    let statement = statements.step
    statement.bind(1, key.sequence)
    statement.bind(2, key.ordinal)
    defer { statement.reset() }
    guard try statement.step() else {
      throw StoreError.conflict("expected step \(key.ordinal) of an enrolment's sequence, found none")
    }
    return StepPlace(
      step: statement.integer(StepColumn.step), ordinal: Int(key.ordinal), content: statement.text(StepColumn.content),
      nextDelayMilliseconds: statement.optionalInteger(StepColumn.nextDelay),
      priority: Priority(stored: statement.integer(StepColumn.priority)))
  }

  private func message(_ enrolment: Int64, _ step: Int64) throws -> CarryingMessage? {
    let statement = statements.message
    statement.bind(1, enrolment)
    statement.bind(2, step)
    guard try statement.step() else { return nil }
    defer { statement.reset() }
    // The schema allows the same states only, so the fallback is never used.
    return CarryingMessage(
      status: MessageStatus(rawValue: statement.text(CarryingColumn.status)) ?? .pending,
      sentAt: statement.optionalInteger(CarryingColumn.sentAt).map(Instant.init(milliseconds:)),
      error: statement.optionalText(CarryingColumn.error))
  }
}
