import Routing

/// Shrinks a request while it still violates the same property: removes devices, then fields, then lowers numbers and
/// shortens texts.
struct RequestShrinker {
  /// Whether a smaller request still shows the violation.
  let shows: (SearchRequest) -> Bool
  /// The maximum number of requests to try.
  let triesMax: Int
  private(set) var tries = 0

  init(triesMax: Int = 3000, shows: @escaping (SearchRequest) -> Bool) {
    (self.triesMax, self.shows) = (triesMax, shows)
  }

  mutating func shrunk(_ request: SearchRequest) -> SearchRequest {
    var request = request
    var isSmaller = true
    while isSmaller, tries < triesMax {
      isSmaller = dropDevices(&request)
      isSmaller = simplify(&request) || isSmaller
    }
    rename(&request)
    return request
  }

  private mutating func take(_ candidate: SearchRequest, into request: inout SearchRequest) -> Bool {
    guard tries < triesMax else { return false }
    tries += 1
    guard shows(candidate) else { return false }
    request = candidate
    return true
  }

  /// Removes half of the devices, then a quarter, and so on down to one.
  private mutating func dropDevices(_ request: inout SearchRequest) -> Bool {
    var isSmaller = false
    var length = request.members.count
    while length > 0 {
      var start = 0
      while start < request.members.count {
        var candidate = request
        candidate.members.removeSubrange(start..<min(start + length, candidate.members.count))
        if take(candidate, into: &request) { isSmaller = true } else { start += length }
      }
      length /= 2
    }
    return isSmaller
  }

  /// Tries simplifications one after the other.
  private mutating func simplify(_ request: inout SearchRequest) -> Bool {
    var isSmaller = false
    func changed(_ change: (inout SearchRequest) -> Void) -> SearchRequest {
      var copy = request
      change(&copy)
      return copy
    }
    for index in request.parameters.indices.reversed() where request.parameters.indices.contains(index) {
      if take(changed { $0.parameters.remove(at: index) }, into: &request) { isSmaller = true }
    }
    for field in ContactFields.all where !field.isRequired && !field.isDefault(in: request.contact) {
      if take(changed { field.reset(in: &$0.contact) }, into: &request) { isSmaller = true }
    }
    for field in ContactFields.all {
      if shorten(field, \.contact, &request) { isSmaller = true }
    }
    let tenant = TenantID("default")!
    if request.tenant != tenant, take(changed { $0.tenant = tenant }, into: &request) { isSmaller = true }
    if request.seed != 0, take(changed { $0.seed = 0 }, into: &request) { isSmaller = true }
    let share = Tenant.defaultBulkShare
    if request.bulkShare != share, take(changed { $0.bulkShare = share }, into: &request) { isSmaller = true }
    let zero = Instant(milliseconds: 0)
    if request.now != zero, take(request.moved(to: zero), into: &request) { isSmaller = true }
    for index in request.members.indices {
      for field in DeviceFields.all where !field.isRequired && !field.isDefault(in: request.members[index]) {
        if take(changed { field.reset(in: &$0.members[index]) }, into: &request) { isSmaller = true }
      }
      for field in DeviceFields.all {
        if shorten(field, \.members[index], &request) { isSmaller = true }
        if lower(field, \.members[index], &request) { isSmaller = true }
      }
    }
    for field in ContactFields.all {
      if lower(field, \.contact, &request) { isSmaller = true }
    }
    return isSmaller
  }

  /// Removes elements from a list, or names from a map, one by one.
  private mutating func shorten<Owner>(
    _ field: Field<Owner>, _ owner: WritableKeyPath<SearchRequest, Owner>, _ request: inout SearchRequest
  ) -> Bool {
    switch field.access {
    case .texts(let path): shorten(owner.appending(path: path), &request)
    case .scalars(let path): shorten(owner.appending(path: path), &request)
    default: false
    }
  }

  private mutating func shorten<Element>(
    _ path: WritableKeyPath<SearchRequest, [Element]>, _ request: inout SearchRequest
  ) -> Bool {
    var isSmaller = false
    for index in request[keyPath: path].indices.reversed() {
      var candidate = request
      candidate[keyPath: path].remove(at: index)
      if take(candidate, into: &request) { isSmaller = true }
    }
    return isSmaller
  }

  /// Halves a number, then decrements it, while the violation remains.
  private mutating func lower<Owner>(
    _ field: Field<Owner>, _ owner: WritableKeyPath<SearchRequest, Owner>, _ request: inout SearchRequest
  ) -> Bool {
    switch field.access {
    case .count(let path, let least): lower(owner.appending(path: path.asOptional), from: least, &request)
    case .limit(let path): lower(owner.appending(path: path), from: 0, &request)
    default: false
    }
  }

  private mutating func lower(
    _ path: WritableKeyPath<SearchRequest, Int?>, from least: Int, _ request: inout SearchRequest
  ) -> Bool {
    var isSmaller = false
    while let value = request[keyPath: path], value > least {
      var candidate = request
      candidate[keyPath: path] = max(value / 2, least)
      if take(candidate, into: &request) {
        isSmaller = true
        continue
      }
      candidate[keyPath: path] = value - 1
      guard value / 2 != value - 1, take(candidate, into: &request) else { break }
      isSmaller = true
    }
    return isSmaller
  }

  /// Renames to `D1`, `D2`, … and `c1`, if the names do not matter.
  private mutating func rename(_ request: inout SearchRequest) {
    var candidate = request
    candidate.contact.id = ContactID(stored: "c1")
    if request.contact.id != candidate.contact.id { _ = take(candidate, into: &request) }
    for index in request.members.indices {
      let (old, new) = (request.members[index].device.id.text, "D\(index + 1)")
      guard old != new, !request.members.contains(where: { $0.device.id.text == new }) else { continue }
      candidate = request
      candidate.members[index].device.id = DeviceID(stored: new)
      if candidate.members[index].device.name == old { candidate.members[index].device.name = new }
      for path in [\ContactDraft.assignedDevice, \.lastDevice] where candidate.contact[keyPath: path]?.text == old {
        candidate.contact[keyPath: path] = DeviceID(stored: new)
      }
      _ = take(candidate, into: &request)
    }
  }
}

extension WritableKeyPath where Value == Int {
  /// The same property as an optional number.
  fileprivate var asOptional: WritableKeyPath<Root, Int?> { appending(path: \.asOptional) }
}

extension Int {
  fileprivate var asOptional: Int? {
    get { self }
    set { self = newValue ?? 0 }
  }
}

extension SearchRequest {
  /// Moved in time, with all times relative to `now` preserved.
  fileprivate func moved(to moment: Instant) -> SearchRequest {
    var copy = self
    let shift = moment.milliseconds - now.milliseconds
    func move<Owner>(_ fields: [Field<Owner>], of owner: inout Owner) {
      for case .instant(let path) in fields.map(\.access) {
        owner[keyPath: path] = owner[keyPath: path]?.advanced(byMilliseconds: shift)
      }
    }
    copy.now = moment
    move(ContactFields.all, of: &copy.contact)
    for index in copy.members.indices { move(DeviceFields.all, of: &copy.members[index]) }
    return copy
  }
}
