import Policies
import Routing

/// Generates requests that are likely to expose mistakes: values equal to, one below and one above each number in the
/// source; devices that are just full; fleets with no device, with one, or with none available; texts that are absent,
/// long, or not Latin.
///
/// Depends only on its seed.
struct RequestGenerator {
  private var random: SeededRandom
  private let integers: [Int]
  private let texts: [String]
  private let attributes: [String]
  private let declared: [Parameter]
  private let ranges: ParameterRanges

  /// Parameters with a range stay within it.
  init(
    seed: UInt64, literals: SourceLiterals, declared: [Parameter], ranges: ParameterRanges = ParameterRanges()
  ) {
    self.ranges = ranges
    random = SeededRandom(seed: seed)
    var whole: Set<Int64> = literals.integers.union(literals.numbers.compactMap { Int64(exactly: $0.rounded(.down)) })
    var words = literals.texts
    for parameter in declared {
      switch parameter.value {
      case .integer(let value): whole.insert(value)
      case .number(let value): if let value = Int64(exactly: value.rounded(.down)) { whole.insert(value) }
      case .text(let text):
        // A parameter is often a list, separated by commas, spaces or colons.
        words.insert(text)
        for part in text.split(whereSeparator: { ",; =:|".contains($0) }) { words.insert(String(part)) }
      case .boolean: break
      }
    }
    let near = whole.flatMap { [$0 &- 1, $0, $0 &+ 1] }.filter { (0...1_000_000_000).contains($0) }
    integers = Set(near).sorted().map(Int.init)
    texts = words.filter { !$0.isEmpty && $0.utf8.count <= 100 }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    attributes = literals.attributes.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    self.declared = declared
  }

  // MARK: - Draws

  private mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
  private mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// A count, often one that occurs in the source.
  private mutating func count() -> Int {
    if !integers.isEmpty, chance(45) { return pick(integers) }
    return chance(50) ? below(4) : pick([5, 9, 10, 17, 40, 50, 79, 80, 81, 99, 100, 300, 800, 100_000])
  }

  private mutating func text() -> String {
    if !texts.isEmpty, chance(60) { return pick(texts) }
    return pick(["vip", "kl", "sales", "x", "Ünïcødé", "日本", "a b", "0", "true"])
  }

  // MARK: - Requests

  /// A newly generated request.
  mutating func fresh() -> SearchRequest {
    var request = SearchRequest(now: moment())
    request.seed = random.next() >> 1
    let size = below(100)
    let count =
      switch size {
      case ..<4: 0
      case ..<18: 1
      case ..<45: 2
      case ..<80: 3 + below(3)
      case ..<97: 6 + below(7)
      default: 30 + below(31)
      }
    for number in 0..<count { request.members.append(member(number + 1, at: request.now)) }
    // Sometimes all devices are equal in the most important respects.
    switch below(100) {
    case ..<6: for index in request.members.indices { request.members[index].device.status = .offline }
    case ..<12: for index in request.members.indices { fill(&request.members[index]) }
    case ..<15:
      if let first = request.members.first {
        for index in request.members.indices { request.members[index].load = first.load }
      }
    case ..<26:
      // A healthy fleet, as in most real requests.
      for index in request.members.indices {
        request.members[index].device.status = .online
        request.members[index].device.pausedUntil = nil
      }
    default: break
    }
    request.contact = contact(in: request)
    // Only bulk contacts see an effect of the share.
    if request.contact.priority == .bulk, chance(50) { request.bulkShare = pick([0, 1, 50, 99, 100]) }
    if chance(25) { vary(parametersOf: &request) }
    return request
  }

  /// One to three changes of an existing request.
  mutating func mutated(_ request: SearchRequest) -> SearchRequest {
    var request = request
    for _ in 0...below(3) { change(&request) }
    return request
  }

  private mutating func change(_ request: inout SearchRequest) {
    guard !request.members.isEmpty, chance(60) else {
      switch below(5) {
      case 0: request.now = moment()
      case 1: request.seed = random.next() >> 1
      case 2: vary(parametersOf: &request)
      case 3:
        request.members.append(member(freeNumber(in: request), at: request.now))
      default:
        let other = contact(in: request)
        pick(ContactFields.all.filter { $0.isStated }).copy(from: other, to: &request.contact)
      }
      return
    }
    let index = below(request.members.count)
    switch below(9) {
    case 0: request.members.remove(at: index)
    case 1: request.members[index].device.status = status()
    case 2: fill(&request.members[index])
    case 3: request.members[index].device.limits = DeviceLimits()
    case 4: request.members[index].device.tags = tags()
    case 5: request.members[index].device.pausedUntil = pause(at: request.now)
    case 6: request.contact.assignedDevice = request.members[index].device.id
    default:
      let fresh = member(index + 1, at: request.now)
      let (id, name) = (request.members[index].device.id, request.members[index].device.name)
      request.members[index] = fresh
      (request.members[index].device.id, request.members[index].device.name) = (id, name)
    }
  }

  private func freeNumber(in request: SearchRequest) -> Int {
    var number = request.members.count + 1
    while request.members.contains(where: { $0.device.id.text == "D\(number)" }) { number += 1 }
    return number
  }

  // MARK: - Parts

  /// In November 2026: any minute of a week, often the start of an hour or a day.
  private mutating func moment() -> Instant {
    let start: Int64 = 1_795_305_600  // 2026-11-22T00:00:00Z
    let hour = Int64(below(24 * 8)) * 3600
    let second: Int64 =
      switch below(4) {
      case 0: 0
      case 1: -1
      case 2: 1
      default: Int64(below(3600))
      }
    return Instant(milliseconds: (start + hour + second) * 1000)
  }

  private mutating func status() -> DeviceStatus {
    switch below(100) {
    case ..<72: .online
    case ..<88: .offline
    case ..<93: .authFailed
    case ..<98: .unknown
    default: .retired
    }
  }

  private mutating func pause(at now: Instant) -> Instant? {
    switch below(10) {
    case 0: now.advanced(byMilliseconds: 60_000)
    case 1: now
    case 2: now.advanced(byMilliseconds: -1)
    default: nil
    }
  }

  private mutating func tags() -> [String] {
    var tags: [String] = []
    for _ in 0..<pick([0, 0, 1, 1, 2, 3]) {
      let tag = text()
      if !tags.contains(tag) { tags.append(tag) }
    }
    return tags
  }

  private mutating func member(_ number: Int, at now: Instant) -> Fleet.Member {
    var device = Device(key: DeviceKey(Int64(number)), id: DeviceID(stored: "D\(number)"))
    if chance(8), let id = DeviceID(text()), !id.text.hasPrefix("D") {
      device.id = DeviceID(stored: "\(id.text)\(number)")
    }
    var member = Fleet.Member(device: device, load: DeviceLoad())
    state(DeviceFields.all, of: &member, in: SearchRequest(now: now))
    if chance(20) { fill(&member) }
    return member
  }

  private mutating func limit() -> Int { chance(60) ? pick([1, 2, 10, 50, 80, 100, 800, 1000]) : count() }

  /// Fills one window to its limit, to one below it, or to one above.
  private mutating func fill(_ member: inout Fleet.Member) {
    let most = max(limit(), 1)
    let used = max(most + pick([0, 0, -1, -1, 1]), 0)
    let queued = chance(50) ? 0 : below(used + 1)
    member.load.queued = queued
    member.load.inFlight = 0
    member.device.limits = DeviceLimits()
    switch below(4) {
    case 0: (member.device.limits.minute, member.load.sentMinute) = (most, used - queued)
    case 1: (member.device.limits.hour, member.load.sentHour) = (most, used - queued)
    case 2: (member.device.limits.day, member.load.sentDay) = (most, used - queued)
    default: (member.device.limits.queue, member.load.queued) = (most, used)
    }
  }

  private mutating func contact(in request: SearchRequest) -> ContactDraft {
    var contact = ContactDraft(id: ContactID(stored: "c1"))
    if chance(30) {
      let id = pick(["welcome/L1", "c\(below(1000))", "ü/1", String(repeating: "i", count: 200)])
      contact.id = ContactID(stored: id)
    }
    state(ContactFields.all, of: &contact, in: request)
    return contact
  }

  /// Sets the fields that requests may contain, each with the probability in its field table.
  private mutating func state<Owner>(_ fields: [Field<Owner>], of owner: inout Owner, in request: SearchRequest) {
    for field in fields where field.isStated && chance(field.sample.percent) {
      set(field, of: &owner, in: request)
    }
  }

  private mutating func set<Owner>(_ field: Field<Owner>, of owner: inout Owner, in request: SearchRequest) {
    switch field.access {
    case .id, .derived, .member, .utcOffset: break
    case .text(let path, _): owner[keyPath: path] = text(of: field)
    case .optionalText(let path): owner[keyPath: path] = text(of: field)
    case .status(let path): owner[keyPath: path] = status()
    case .priority(let path): owner[keyPath: path] = pick([.urgent, .bulk, .bulk])
    case .count(let path, let least):
      let bound: Int? = if case .below(let bound) = field.sample.content { bound } else { nil }
      owner[keyPath: path] = max(least, bound.map { below($0) } ?? count())
    case .limit(let path): owner[keyPath: path] = limit()
    case .instant(let path):
      owner[keyPath: path] =
        switch field.sample.content {
        case .pause: pause(at: request.now)
        case .days: request.now.advanced(byMilliseconds: -Int64(count()) * 86_400_000)
        default: request.now.advanced(byMilliseconds: -Int64(count()) * 1000)
        }
    case .texts(let path): owner[keyPath: path] = tags()
    case .scalars(let path): owner[keyPath: path] = someAttributes()
    case .device(let path): owner[keyPath: path] = self.owner(in: request)
    }
  }

  private mutating func text<Owner>(of field: Field<Owner>) -> String {
    switch field.sample.content {
    case .phone: phone()
    case .name:
      pick(["Aina", "Sales 1", "Ünïcødé 日本", "", String(repeating: "x", count: 300), text()])
    case .usual, .below, .pause, .days:
      texts.isEmpty || chance(50) ? pick(["welcome", "whatsapp", "sms", ""]) : text()
    }
  }

  private mutating func owner(in request: SearchRequest) -> DeviceID? {
    switch below(100) {
    case ..<15: nil
    case ..<28: DeviceID(stored: "D99")
    default: request.members.isEmpty ? nil : pick(request.members).device.id
    }
  }

  private mutating func phone() -> String {
    let prefixes = texts.filter { $0.first == "+" && $0.dropFirst().allSatisfy(\.isNumber) }
    let prefix = prefixes.isEmpty || chance(30) ? pick(["+60", "+49", "+1", "+6012"]) : pick(prefixes)
    return prefix + pick(["", "123456789", "111111111", "0"])
  }

  private mutating func someAttributes() -> [Parameter] {
    var found: [Parameter] = []
    for _ in 0..<pick([1, 1, 2, 3]) {
      let name = !attributes.isEmpty && chance(75) ? pick(attributes) : text()
      guard !found.contains(where: { $0.name == name }) else { continue }
      found.append(Parameter(name, scalar()))
    }
    return found
  }

  private mutating func scalar() -> Scalar {
    switch below(10) {
    case ..<4: .text(text())
    case ..<6: .integer(Int64(count()))
    case 6: .boolean(chance(50))
    case 7: .number(Double(count()) + 0.5)
    case 8: .text(pick(["", String(repeating: "y", count: 3000)]))
    default: .text("\(count())")
    }
  }

  /// Sets a declared parameter to another value of its type: near its default, zero or empty, or twice as much. With a
  /// range also to its ends or choices, and never to a value outside it.
  private mutating func vary(parametersOf request: inout SearchRequest) {
    guard !declared.isEmpty else { return }
    let parameter = pick(declared)
    let range = ranges[parameter.name]
    if let range, chance(50) {
      return set(parameter, to: pick(range.examples), in: &request)
    }
    let value: Scalar
    switch parameter.value {
    case .boolean(let is_set): value = .boolean(!is_set)
    case .integer(let number): value = .integer(pick([max(number - 1, min(number, 0)), number + 1, 0, 1, number * 2]))
    case .number(let number): value = .number(pick([number / 2, number, 0, min(number * 2, 1e9)]))
    case .text(let text): value = .text(pick([text, text, self.text()]))
    }
    set(parameter, to: range?.contains(value) == false ? parameter.value : value, in: &request)
  }

  private func set(_ parameter: Parameter, to value: Scalar, in request: inout SearchRequest) {
    request.parameters.removeAll { $0.name == parameter.name }
    if value != parameter.value { request.parameters.append(Parameter(parameter.name, value)) }
  }
}
