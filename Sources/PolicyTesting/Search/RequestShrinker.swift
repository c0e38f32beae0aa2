import Routing

/// Makes a request smaller for as long as it still breaks the same property: devices are left out, then fields, then
/// numbers come down and texts become short.
struct RequestShrinker {
  /// Whether a smaller request still shows what was found.
  let shows: (SearchRequest) -> Bool
  /// The most requests that are tried.
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

  /// Half of them, a quarter, …, one.
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

  /// One change after another, each to something simpler.
  private mutating func simplify(_ request: inout SearchRequest) -> Bool {
    var isSmaller = false
    func changed(_ change: (inout SearchRequest) -> Void) -> SearchRequest {
      var copy = request
      change(&copy)
      return copy
    }
    for place in request.parameters.indices.reversed() where request.parameters.indices.contains(place) {
      if take(changed { $0.parameters.remove(at: place) }, into: &request) { isSmaller = true }
    }
    for field in RequestShrinker.contactFields where !field.isDefault(request.contact) {
      if take(changed { field.reset(&$0.contact) }, into: &request) { isSmaller = true }
    }
    for place in request.contact.attributes.indices.reversed() {
      if take(changed { $0.contact.attributes.remove(at: place) }, into: &request) { isSmaller = true }
    }
    for place in request.contact.tags.indices.reversed() {
      if take(changed { $0.contact.tags.remove(at: place) }, into: &request) { isSmaller = true }
    }
    let tenant = TenantID("default")!
    if request.tenant != tenant, take(changed { $0.tenant = tenant }, into: &request) { isSmaller = true }
    if request.seed != 0, take(changed { $0.seed = 0 }, into: &request) { isSmaller = true }
    let zero = Instant(milliseconds: 0)
    if request.now != zero, take(request.moved(to: zero), into: &request) { isSmaller = true }
    for place in request.members.indices {
      for field in RequestShrinker.memberFields where !field.isDefault(request.members[place]) {
        if take(changed { field.reset(&$0.members[place]) }, into: &request) { isSmaller = true }
      }
      for number in RequestShrinker.memberNumbers {
        if lower(number, of: place, &request) { isSmaller = true }
      }
    }
    if lowerContact(&request) { isSmaller = true }
    return isSmaller
  }

  /// Halves a number, then takes one off, for as long as that still shows it.
  private mutating func lower(
    _ number: WritableKeyPath<Fleet.Member, Int?>, of place: Int, _ request: inout SearchRequest
  ) -> Bool {
    var isSmaller = false
    while let value = request.members[place][keyPath: number], value > 0 {
      var candidate = request
      candidate.members[place][keyPath: number] = value / 2
      if take(candidate, into: &request) {
        isSmaller = true
        continue
      }
      candidate.members[place][keyPath: number] = value - 1
      guard value / 2 != value - 1, take(candidate, into: &request) else { break }
      isSmaller = true
    }
    return isSmaller
  }

  private mutating func lowerContact(_ request: inout SearchRequest) -> Bool {
    var isSmaller = false
    for (number, least) in [(\SearchRequest.Subject.step, 1), (\SearchRequest.Subject.attempts, 0)] {
      while request.contact[keyPath: number] > least {
        var candidate = request
        candidate.contact[keyPath: number] = max(request.contact[keyPath: number] / 2, least)
        if take(candidate, into: &request) {
          isSmaller = true
          continue
        }
        candidate.contact[keyPath: number] = request.contact[keyPath: number] - 1
        guard take(candidate, into: &request) else { break }
        isSmaller = true
      }
    }
    return isSmaller
  }

  /// `D1`, `D2`, … and `c1`, where names are of no matter.
  private mutating func rename(_ request: inout SearchRequest) {
    var candidate = request
    candidate.contact.id = "c1"
    if request.contact.id != "c1" { _ = take(candidate, into: &request) }
    for place in request.members.indices {
      let (old, new) = (request.members[place].device.id.text, "D\(place + 1)")
      guard old != new, !request.members.contains(where: { $0.device.id.text == new }) else { continue }
      candidate = request
      candidate.members[place].device.id = DeviceID(stored: new)
      if candidate.members[place].device.name == old { candidate.members[place].device.name = new }
      if candidate.contact.assignedDevice == old { candidate.contact.assignedDevice = new }
      if candidate.contact.lastDevice == old { candidate.contact.lastDevice = new }
      _ = take(candidate, into: &request)
    }
  }

  // MARK: - Fields

  private struct Field<Owner> {
    let isDefault: (Owner) -> Bool
    let reset: (inout Owner) -> Void

    init<Value: Equatable>(_ path: WritableKeyPath<Owner, Value>, _ value: Value) {
      isDefault = { $0[keyPath: path] == value }
      reset = { $0[keyPath: path] = value }
    }

    init(isDefault: @escaping (Owner) -> Bool, reset: @escaping (inout Owner) -> Void) {
      (self.isDefault, self.reset) = (isDefault, reset)
    }
  }

  private static var contactFields: [Field<SearchRequest.Subject>] {
    [
      .init(\.phone, nil), .init(\.name, nil), .init(\.sequence, ""), .init(\.step, 1), .init(\.assignedDevice, nil),
      .init(\.dueAt, nil), .init(\.attempts, 0), .init(\.lastDevice, nil), .init(\.tags, []), .init(\.attributes, []),
    ]
  }

  private static var memberFields: [Field<Fleet.Member>] {
    [
      .init(isDefault: { $0.device.name == $0.device.id.text }, reset: { $0.device.name = $0.device.id.text }),
      .init(\.device.platform, ""), .init(\.device.status, .online), .init(\.device.pausedUntil, nil),
      .init(\.device.tags, []), .init(\.device.lastSentAt, nil), .init(\.device.lastSeenAt, nil),
      .init(\.device.limits.minute, nil), .init(\.device.limits.hour, nil), .init(\.device.limits.day, nil),
      .init(\.device.limits.inFlight, nil), .init(\.load.sentMinute, 0), .init(\.load.sentHour, 0),
      .init(\.load.sentDay, 0), .init(\.load.queued, 0), .init(\.load.inFlight, 0), .init(\.load.failuresHour, 0),
    ]
  }

  private static var memberNumbers: [WritableKeyPath<Fleet.Member, Int?>] {
    [
      \.device.limits.minute, \.device.limits.hour, \.device.limits.day, \.device.limits.inFlight,
      \.load.sentMinute.asOptional, \.load.sentHour.asOptional, \.load.sentDay.asOptional, \.load.queued.asOptional,
      \.load.inFlight.asOptional, \.load.failuresHour.asOptional,
    ]
  }
}

extension Int {
  /// The same, for a list of counts of which some may be absent.
  fileprivate var asOptional: Int? {
    get { self }
    set { self = newValue ?? 0 }
  }
}

extension SearchRequest {
  /// With everything that happened as long ago as it did.
  fileprivate func moved(to moment: Instant) -> SearchRequest {
    var copy = self
    let shift = moment.milliseconds - now.milliseconds
    func moved(_ instant: Instant?) -> Instant? { instant.map { $0.advanced(byMilliseconds: shift) } }
    copy.now = moment
    copy.contact.dueAt = moved(contact.dueAt)
    for place in copy.members.indices {
      copy.members[place].device.pausedUntil = moved(members[place].device.pausedUntil)
      copy.members[place].device.lastSentAt = moved(members[place].device.lastSentAt)
      copy.members[place].device.lastSeenAt = moved(members[place].device.lastSeenAt)
    }
    return copy
  }
}
