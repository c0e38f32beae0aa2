import Routing
import StoreSQL

/// The statements that serve waitlists, prepared once on the writer's connection.
final class WaitlistStatements {
  let any: SQLiteStatement
  let lists: SQLiteStatement
  let inactive: SQLiteStatement
  let tiedEntries: SQLiteStatement
  let laterEntries: SQLiteStatement
  let contact: DueStatements
  let device: SQLiteStatement
  let insert: SQLiteStatement
  let free: SQLiteStatement
  let reuse: SQLiteStatement
  let repeated: SQLiteStatement
  let again: SQLiteStatement

  init(_ db: SQLiteConnection, zones: any ZoneOffsets) throws {
    any = try db.keep(WaitlistSQL.any)
    lists = try db.keep(WaitlistSQL.lists)
    inactive = try db.keep(WaitlistSQL.inactive)
    tiedEntries = try db.keep(WaitlistSQL.entries.tied)
    laterEntries = try db.keep(WaitlistSQL.entries.later)
    contact = try DueStatements(db, zones: zones, due: WaitlistSQL.contact)
    device = try db.keep(WaitlistSQL.device)
    insert = try db.keep(WaitlistSQL.insert)
    free = try db.keep(WaitlistSQL.free)
    reuse = try db.keep(WaitlistSQL.reuse)
    repeated = try db.keep(WaitlistSQL.repeated)
    again = try db.keep(WaitlistSQL.again)
  }
}

/// The waitlists of one tenant during a batch: their rows and their contacts.
final class WaitlistRows: WaitlistReader {
  private enum Target: Hashable {
    case fleet
    case device(DeviceKey)
    case filter(DeviceFilter)

    init(device: DeviceKey?, filter: DeviceFilter?) {
      self = device.map(Target.device) ?? filter.map(Target.filter) ?? .fleet
    }
  }

  let statements: WaitlistStatements
  private let tenant: TenantKey
  private var keys: [Target: WaitlistKey]?
  /// The waitlists of decisions that were looked up in this batch.
  private var known: [Waitlist: WaitlistKey] = [:]
  private var filters = 0
  /// Whether no further filter gets a row in this batch.
  private var isFull = false
  /// Rows that stand for another filter since this batch.
  private(set) var reused: [WaitlistKey] = []

  init(_ statements: WaitlistStatements, of tenant: TenantKey) { (self.statements, self.tenant) = (statements, tenant) }

  /// Whether a contact of the tenant stands on a waitlist. One look-up.
  func hasContacts() throws -> Bool {
    let any = statements.any
    any.bind(1, tenant.raw)
    defer { any.reset() }
    return try any.step()
  }

  /// All waitlists of the tenant.
  func all() throws -> [StoredWaitlist] {
    let rows = statements.lists
    rows.bind(1, tenant.raw)
    defer { rows.reset() }
    var lists: [StoredWaitlist] = []
    while try rows.step() {
      let key = WaitlistKey(rows.integer(0))
      let filter = rows.optionalText(2).map { DeviceFilter(stored: $0) }
      // A filter that cannot be read selects nothing; its contacts are decided again at their latest times.
      if let filter, filter == nil { continue }
      lists.append(
        StoredWaitlist(
          key: key, device: rows.optionalInteger(1).map(DeviceKey.init(_:)), filter: filter.flatMap(\.self)))
    }
    return lists
  }

  /// The sequences whose steps are not decided now.
  func inactiveSequences() throws -> Set<Int64> {
    let rows = statements.inactive
    rows.bind(1, tenant.raw)
    defer { rows.reset() }
    var keys: Set<Int64> = []
    while try rows.step() { keys.insert(rows.integer(0)) }
    return keys
  }

  func entries(of list: WaitlistKey, after entry: WaitlistEntry?, limit: Int) throws -> [WaitlistEntry] {
    var entries: [WaitlistEntry] = []
    if let entry {
      statements.tiedEntries.bind(6, entry.enrolment.raw)
      try read(statements.tiedEntries, of: list, after: entry, limit: limit, into: &entries)
    }
    if entries.count < limit {
      try read(statements.laterEntries, of: list, after: entry, limit: limit - entries.count, into: &entries)
    }
    return entries
  }

  private func read(
    _ rows: SQLiteStatement, of list: WaitlistKey, after entry: WaitlistEntry?, limit: Int,
    into entries: inout [WaitlistEntry]
  ) throws {
    rows.bind(1, tenant.raw)
    rows.bind(2, list.raw)
    // The first priority comes after -1.
    rows.bind(3, Int64(entry?.priority.rawValue ?? -1))
    rows.bind(4, entry?.dueAt.milliseconds ?? 0)
    rows.bind(5, Int64(limit))
    defer { rows.reset() }
    while try rows.step() {
      entries.append(
        WaitlistEntry(
          priority: Priority(rawValue: Int(rows.integer(0))) ?? .normal, dueAt: Instant(milliseconds: rows.integer(1)),
          enrolment: EnrolmentKey(rows.integer(2)), sequence: rows.integer(3)))
    }
  }
}

// MARK: - Joining

extension WaitlistRows {
  /// The row of a waitlist, created on first use. The fleet's for a filter beyond the limit, and for a device that the
  /// tenant does not have.
  func key(of waitlist: Waitlist) throws -> WaitlistKey {
    if let key = known[waitlist] { return key }
    let key =
      switch waitlist {
      case .fleet: try key(device: nil, filter: nil)
      case .device(let id): try key(device: try device(id), filter: nil)
      case .filter(let filter): try key(device: nil, filter: filter)
      }
    known[waitlist] = key
    return key
  }

  /// The filters whose waitlists contacts joined in this batch.
  var joinedFilters: [WaitlistKey: DeviceFilter] {
    var filters: [WaitlistKey: DeviceFilter] = [:]
    for (waitlist, key) in known {
      // The row of a filter beyond the limit is the fleet's.
      if case .filter(let filter) = waitlist, keys?[.filter(filter)] == key { filters[key] = filter }
    }
    return filters
  }

  private func rows() throws -> [Target: WaitlistKey] {
    if let keys { return keys }
    var read: [Target: WaitlistKey] = [:]
    for list in try all() {
      read[Target(device: list.device, filter: list.filter)] = list.key
    }
    filters = read.keys.count { if case .filter = $0 { true } else { false } }
    keys = read
    return read
  }

  private func device(_ id: DeviceID) throws -> DeviceKey? {
    let device = statements.device
    device.bind(1, tenant.raw)
    device.bind(2, id.text)
    defer { device.reset() }
    return try device.step() ? DeviceKey(device.integer(0)) : nil
  }
}

// MARK: - Rows

extension WaitlistRows: WaitlistTable {
  typealias Failure = any Error

  func row(device: DeviceKey?, filter: DeviceFilter?) throws -> WaitlistKey? {
    try rows()[Target(device: device, filter: filter)]
  }

  func filterCount() throws -> Int {
    _ = try rows()
    return filters
  }

  func addRow(device: DeviceKey?, filter: DeviceFilter?) throws -> WaitlistKey {
    let insert = statements.insert
    insert.bind(1, tenant.raw)
    if let device { insert.bind(2, device.raw) } else { insert.bindNull(2) }
    if let filter { insert.bind(3, filter.storedText) } else { insert.bindNull(3) }
    let key = WaitlistKey(try insert.insert())
    if filter != nil { filters += 1 }
    keys?[Target(device: device, filter: filter)] = key
    return key
  }

  /// A batch that found no row without contacts does not look again.
  func reuseRow(for filter: DeviceFilter) throws -> WaitlistKey? {
    if isFull { return nil }
    let free = statements.free
    free.bind(1, tenant.raw)
    let found = try free.step() ? WaitlistKey(free.integer(0)) : nil
    free.reset()
    guard let found else {
      isFull = true
      return nil
    }
    let reuse = statements.reuse
    reuse.bind(1, found.raw)
    reuse.bind(2, filter.storedText)
    try reuse.run()
    keys = keys?.filter { $0.value != found }
    known = known.filter { $0.value != found }
    keys?[.filter(filter)] = found
    reused.append(found)
    return found
  }
}
