import Testing

@testable import Routing

/// Which row of the waitlists a contact joins.
struct WaitlistTableTests {
  /// Rows in memory.
  private final class Table: WaitlistTable {
    typealias Failure = Never

    var rows: [(device: DeviceKey?, filter: DeviceFilter?)] = []
    /// The rows whose waitlists have contacts.
    var used: Set<Int64> = []

    func row(device: DeviceKey?, filter: DeviceFilter?) -> WaitlistKey? {
      rows.firstIndex { $0.device == device && $0.filter == filter }.map { WaitlistKey(Int64($0)) }
    }

    func filterCount() -> Int { rows.count { $0.filter != nil } }

    func addRow(device: DeviceKey?, filter: DeviceFilter?) -> WaitlistKey {
      rows.append((device, filter))
      return WaitlistKey(Int64(rows.count - 1))
    }

    func reuseRow(for filter: DeviceFilter) -> WaitlistKey? {
      guard let free = rows.indices.first(where: { rows[$0].filter != nil && !used.contains(Int64($0)) }) else {
        return nil
      }
      rows[free].filter = filter
      return WaitlistKey(Int64(free))
    }

    func join(tag: String) -> WaitlistKey {
      let key = key(device: nil, filter: DeviceFilter(tag: tag))
      used.insert(key.raw)
      return key
    }
  }

  @Test func `each target has one row, and an empty filter is the fleet`() {
    let table = Table()
    let fleet = table.key(device: nil, filter: nil)
    #expect(table.key(device: nil, filter: DeviceFilter()) == fleet)
    let device = table.key(device: DeviceKey(7), filter: nil)
    #expect(table.key(device: DeviceKey(7), filter: nil) == device && device != fleet)
    #expect(table.join(tag: "vip") == table.join(tag: "vip"))
    #expect(table.rows.count == 3)
  }

  @Test func `a further filter takes a row without contacts, and without one the fleet's`() {
    let table = Table()
    for number in 1...StoredWaitlist.filtersMax { _ = table.join(tag: "t\(number)") }
    #expect(table.rows.count == 64)
    let beyond = table.key(device: nil, filter: DeviceFilter(tag: "beyond"))
    #expect(table.rows[Int(beyond.raw)].filter == nil && beyond == table.key(device: nil, filter: nil))
    // Devices have no limit.
    #expect(table.key(device: DeviceKey(1), filter: nil).raw == 65)
    table.used.remove(5)
    let reused = table.join(tag: "beyond")
    #expect(reused.raw == 5 && table.filterCount() == 64)
    #expect(table.key(device: nil, filter: DeviceFilter(tag: "t6")) == beyond, "its row stands for another filter")
  }
}
