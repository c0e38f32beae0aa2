/// The rows of a tenant's waitlists: which row a contact joins. The rule is the same for a store, an import and a simulation;
/// they keep the rows.
package protocol WaitlistTable {
  /// What reading or writing a row throws.
  associatedtype Failure: Error

  /// The row of a device's or a filter's waitlist, or, without either, the fleet's; nil if it has none yet.
  func row(device: DeviceKey?, filter: DeviceFilter?) throws(Failure) -> WaitlistKey?
  /// How many rows stand for filters.
  func filterCount() throws(Failure) -> Int
  /// Adds a row that `row` did not find.
  func addRow(device: DeviceKey?, filter: DeviceFilter?) throws(Failure) -> WaitlistKey
  /// Lets the row of another filter, whose waitlist has no contacts, stand for this filter from now on. Nil if all have
  /// contacts.
  func reuseRow(for filter: DeviceFilter) throws(Failure) -> WaitlistKey?
}

extension WaitlistTable {
  /// The row that a contact joins, added on first use. A filter beyond `StoredWaitlist.filtersMax` takes a row without
  /// contacts, and without such a row the fleet's. An empty filter is the fleet.
  package func key(device: DeviceKey?, filter: DeviceFilter?) throws(Failure) -> WaitlistKey {
    let filter = filter == DeviceFilter() ? nil : filter
    if let key = try row(device: device, filter: filter) { return key }
    guard let filter, try filterCount() >= StoredWaitlist.filtersMax else {
      return try addRow(device: device, filter: filter)
    }
    if let key = try reuseRow(for: filter) { return key }
    return try key(device: nil, filter: nil)
  }
}
