import Routing

/// The waitlists of one tenant in a simulation, as a store's index keeps them. Enrolments are referred to by their index.
final class SimulatedWaitlists: WaitlistReader {
  private struct Contents {
    /// In order, with entries of contacts that have left.
    var entries: [WaitlistEntry] = []
    var count = 0
  }

  private struct Place: Equatable {
    let list: WaitlistKey
    let entry: WaitlistEntry
  }

  private(set) var lists: [StoredWaitlist] = []
  private var contents: [WaitlistKey: Contents] = [:]
  private var places: [Int: Place] = [:]
  /// What the last batch left.
  var memory = WaitlistMemory()
  /// Lists that stand for another filter since this batch.
  private(set) var reused: [WaitlistKey] = []
  /// The filters whose waitlists contacts joined since this batch.
  private(set) var joinedFilters: [WaitlistKey: DeviceFilter] = [:]

  /// How many contacts of each list got a message, and the longest of their waits; milliseconds.
  private var served: [WaitlistKey: (contacts: Int, longest: Int64)] = [:]

  var isEmpty: Bool { places.isEmpty }

  /// The waitlist that a contact stands on.
  func list(of enrolment: Int) -> WaitlistKey? { places[enrolment]?.list }

  func entries(of list: WaitlistKey, after entry: WaitlistEntry?, limit: Int) -> [WaitlistEntry] {
    guard let all = contents[list]?.entries else { return [] }
    var found: [WaitlistEntry] = []
    var index = entry.map { SimulatedWaitlists.place(after: $0, in: all) } ?? 0
    while index < all.count, found.count < limit {
      if places[Int(all[index].enrolment.raw)] == Place(list: list, entry: all[index]) { found.append(all[index]) }
      index += 1
    }
    return found
  }

  /// All contacts on waitlists, in the order in which they are served.
  func all() -> [WaitlistEntry] { places.values.map(\.entry).sorted() }

  /// Puts a contact on a waitlist, or takes it off.
  func set(_ enrolment: Int, to list: WaitlistKey?, _ entry: WaitlistEntry) {
    let place = list.map { Place(list: $0, entry: entry) }
    if places[enrolment] == place { return }
    if let old = places.removeValue(forKey: enrolment) { leave(old.list) }
    guard let place else { return }
    places[enrolment] = place
    if let filter = lists.first(where: { $0.key == place.list })?.filter { joinedFilters[place.list] = filter }
    var contents = self.contents.removeValue(forKey: place.list) ?? Contents()
    let index = SimulatedWaitlists.place(after: entry, in: contents.entries)
    // A contact that returns to its place finds its entry there.
    if index == 0 || contents.entries[index - 1] != entry { contents.entries.insert(entry, at: index) }
    contents.count += 1
    self.contents[place.list] = contents
  }

  private func leave(_ list: WaitlistKey) {
    guard var contents = contents.removeValue(forKey: list) else { return }
    contents.count -= 1
    if contents.entries.count > 2 * contents.count + 64 {
      contents.entries.removeAll { places[Int($0.enrolment.raw)] != Place(list: list, entry: $0) }
    }
    self.contents[list] = contents
  }

  private static func place(after entry: WaitlistEntry, in entries: [WaitlistEntry]) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle] > entry { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

// MARK: - Figures

extension SimulatedWaitlists {
  /// Notes that a contact gets a message. Call it before the contact leaves its list; for a contact on none it does nothing.
  func noteServed(_ enrolment: Int, at now: Instant) {
    guard let place = places[enrolment] else { return }
    var figures = served[place.list] ?? (0, 0)
    figures.contacts += 1
    figures.longest = max(figures.longest, now.milliseconds - place.entry.dueAt.milliseconds)
    served[place.list] = figures
  }

  /// For each list with contacts, served or not: those served, those on it at `end`, and the longest wait until then.
  func figures(at end: Instant) -> [(list: StoredWaitlist, served: Int, waiting: Int, longest: Int64)] {
    var waiting: [WaitlistKey: (contacts: Int, longest: Int64)] = [:]
    for place in places.values {
      var figures = waiting[place.list] ?? (0, 0)
      figures.contacts += 1
      figures.longest = max(figures.longest, end.milliseconds - place.entry.dueAt.milliseconds)
      waiting[place.list] = figures
    }
    return lists.compactMap { list in
      let (served, waiting) = (served[list.key], waiting[list.key])
      if served == nil, waiting == nil { return nil }
      return (list, served?.contacts ?? 0, waiting?.contacts ?? 0, max(served?.longest ?? 0, waiting?.longest ?? 0))
    }
  }
}

// MARK: - Rows

extension SimulatedWaitlists: WaitlistTable {
  typealias Failure = Never

  /// Adds a list of the store. Call it before any contact joins.
  func add(_ list: StoredWaitlist) { lists.append(list) }

  func row(device: DeviceKey?, filter: DeviceFilter?) -> WaitlistKey? {
    lists.first { $0.device == device && $0.filter == filter }?.key
  }

  func filterCount() -> Int { lists.count { $0.filter != nil } }

  func addRow(device: DeviceKey?, filter: DeviceFilter?) -> WaitlistKey {
    let key = WaitlistKey((lists.map(\.key.raw).max() ?? 0) + 1)
    lists.append(StoredWaitlist(key: key, device: device, filter: filter))
    return key
  }

  func reuseRow(for filter: DeviceFilter) -> WaitlistKey? {
    guard let free = lists.firstIndex(where: { $0.filter != nil && (contents[$0.key]?.count ?? 0) == 0 }) else {
      return nil
    }
    lists[free] = StoredWaitlist(key: lists[free].key, filter: filter)
    reused.append(lists[free].key)
    return lists[free].key
  }

  /// Stores what the next batch must know.
  func remember(_ memory: WaitlistMemory) {
    self.memory = memory
    (reused, joinedFilters) = ([], [:])
  }
}
