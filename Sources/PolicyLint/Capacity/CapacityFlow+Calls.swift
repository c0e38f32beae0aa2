import LuaSyntax

extension CapacityFlow {
  /// The values of a name with fields, indices and calls.
  mutating func evaluate(
    _ base: Expression, _ suffixes: [Expression.Suffix], _ range: SourceRange, _ world: World
  ) -> [Outcome] {
    var outcomes = evaluate(base, world)
    for (place, suffix) in suffixes.enumerated() {
      var next: [Outcome] = []
      for outcome in outcomes {
        switch suffix.kind {
        case .field(let name):
          if place == 0, let local = base.localIndex, let function = outline.members[local]?[name.text] {
            next.append(Outcome(world: outcome.world, value: Value(kind: .function(function))))
          } else {
            next.append(member(name.text, of: outcome))
          }
        case .index(let key):
          for index in evaluate(key, outcome.world) {
            next.append(
              index.value.kind.text.map { member($0, of: Outcome(world: index.world, value: outcome.value)) }
                ?? item(index.value, of: Outcome(world: index.world, value: outcome.value), key))
          }
        case .method(let name, let arguments):
          next += method(name, arguments, of: outcome)
        case .call(let arguments):
          next += call(outcome, arguments, suffix, SourceRange(start: base.range.start, end: suffix.range.end), base)
        }
      }
      outcomes = next
    }
    return outcomes
  }

  // MARK: - Members

  private mutating func member(_ name: String, of outcome: Outcome) -> Outcome {
    var world = outcome.world
    let value: Value
    switch outcome.value.kind {
    case .contact:
      switch name {
      case "device": value = Value(kind: .device(CapacityDevice(key: CapacityDevice.own)))
      case "due_at": value = .unknown(.time)
      default: value = .unknown(.data)
      }
    case .device(let device):
      if device.query == nil, world.facts[.exists(device)] == nil { world.facts[.exists(device)] = true }
      value = Self.field(name, of: device)
      if device.query == nil, value.isAboutCapacity { asked.insert(.device(device.key)) }
    case .named("params"): value = .unknown(.params)
    case .named("math"):
      value =
        ["huge", "maxinteger"].contains(name)
        ? Value(kind: .number(.infinity)) : Value(kind: .named("math.\(name)"))
    case .named(let path): value = Value(kind: .named("\(path).\(name)"))
    case .fleet: value = Value(kind: .named("fleet.\(name)"))
    default: value = .unknown(outcome.value.subject)
    }
    return Outcome(world: world, value: value)
  }

  private static func field(_ name: String, of device: CapacityDevice) -> Value {
    switch name {
    case "can_accept_more": return .fact(.accepts(device, by: name))
    case "online": return .fact(.accepts(device, by: "status"))
    case "status": return Value(kind: .status(device))
    case "headroom": return Value(kind: .measure(.left, device))
    case "load": return Value(kind: .measure(.share, device))
    case "queued", "in_flight", "sent_minute", "sent_hour", "sent_day": return Value(kind: .measure(.usage, device))
    case "limit_minute", "limit_hour", "limit_day", "limit_queue", "limit_in_flight":
      return Value(kind: .measure(.limit, device))
    case "tags", "id", "name", "platform": return .unknown(device.isItem ? .filter : .data)
    default: return .unknown(.state)
    }
  }

  private func item(_ index: Value, of outcome: Outcome, _ key: Expression) -> Outcome {
    var value = Value.unknown(outcome.value.subject.union(index.subject))
    switch (outcome.value.kind, index.kind) {
    case (.fleet, .number(let number)):
      value = Value(kind: .device(CapacityDevice(key: "fleet[\(number)]")))
    case (.fleet, _):
      value = Value(kind: .device(CapacityDevice(key: "fleet[\(key.range.start.offset)]", isItem: true)))
    case (.list(let query), .number(1)), (.list(let query), .count), (.list(let query), .unknown):
      value = Value(kind: .device(CapacityDevice(key: "\(query)", query: query)))
    case (.list, _): value = .unknown(.state)
    case (.table(let count), .number(let number)):
      if number >= 1, number <= Double(count) {
        value = Value(kind: .present, concerns: outcome.value.concerns)
      } else if count == 0 {
        value = Value(kind: .nothing, concerns: outcome.value.concerns)
      }
    default: break
    }
    return Outcome(world: outcome.world, value: value)
  }

  // MARK: - Calls

  private mutating func method(_ name: Name, _ arguments: [Expression], of outcome: Outcome) -> [Outcome] {
    evaluateAll(arguments, outcome.world).map { values, after in
      if case .fleet = outcome.value.kind {
        return Outcome(world: after, value: query(name.text, arguments, at: name.range.start.offset))
      }
      return Outcome(world: after, value: .unknown(subject(of: [outcome.value] + values)))
    }
  }

  private func subject(of values: [Value]) -> CapacityConcerns {
    values.reduce(into: CapacityConcerns()) { $0.formUnion($1.subject) }
  }

  private mutating func query(_ name: String, _ arguments: [Expression], at site: Int) -> Value {
    switch name {
    case "get", "hash":
      let isSame = arguments.count == 1 && arguments[0].unwrapped.stringText != nil
      return Value(kind: .device(CapacityDevice(key: "\(name) \(isSame ? text(arguments[0]) : "@\(site)")")))
    case "least_loaded", "first_available", "available", "candidates":
      let query = query(filter: arguments.dropFirst(name == "candidates" ? 1 : 0).first, at: site)
      asked.insert(.query(query))
      return name == "available" || name == "candidates"
        ? Value(kind: .list(query)) : Value(kind: .device(CapacityDevice(key: "\(query)", query: query)))
    default: return .unknown(.data)
    }
  }

  private func query(filter: Expression?, at site: Int) -> CapacityQuery {
    guard let filter = filter?.unwrapped, filter.kind != .nil else { return CapacityQuery(filter: "", site: nil) }
    if case .table(let table) = filter.kind, table.entries.isEmpty { return CapacityQuery(filter: "", site: nil) }
    let text = text(filter)
    return CapacityQuery(filter: text, site: Self.isPlain(text) ? nil : site)
  }

  /// Whether a filter is a constructor of literals, which means the same everywhere.
  static func isPlain(_ filter: String) -> Bool {
    filter.wholeMatch(of: /\{(\s*[a-z]+\s*=\s*('[^'\\]*'|"[^"\\]*"|params\.[a-zA-Z0-9_]+)\s*,?)*\}/) != nil
  }

  func text(_ expression: Expression) -> String {
    let range = expression.unwrapped.range
    return String(decoding: source[range.start.offset..<range.end.offset], as: UTF8.self)
  }

  private mutating func call(
    _ function: Outcome, _ arguments: [Expression], _ suffix: Expression.Suffix, _ range: SourceRange,
    _ base: Expression
  ) -> [Outcome] {
    var found: [Outcome] = []
    for (values, world) in evaluateAll(arguments, function.world) {
      switch function.value.kind {
      case .function(let body): found += enter(body, values, range, world)
      case .named("error"): leaves += 1
      case .named("wait"):
        note(base.range, suffix, arguments)
        let wait = CapacityWait(
          site: base.range.start.offset, call: calls.first, isAfterTest: world.status == .failed,
          isDeliberate: values.count > 1 && values[1].subject.contains(.time))
        found.append(Outcome(world: world, value: Value(kind: .wait(wait))))
      case .named(let name):
        found.append(Outcome(world: world, value: result(of: name, values, arguments, at: range.start.offset)))
      default:
        found.append(Outcome(world: world, value: .unknown(subject(of: [function.value] + values).union(.data))))
      }
    }
    return found
  }

  private mutating func result(of name: String, _ values: [Value], _ arguments: [Expression], at site: Int) -> Value {
    switch (name, values.first?.kind) {
    case ("use", _), ("move", _), ("skip", _), ("wait_for", _): return Value(kind: .verdict)
    case ("local_time", _): return .unknown(.time)
    case ("next", .list(let query)?), ("table.unpack", .list(let query)?), ("table.remove", .list(let query)?):
      return Value(kind: .device(CapacityDevice(key: "\(query)", query: query)))
    case ("assert", _?): return values[0]
    case ("math.min", _), ("math.max", _):
      if let value = Self.extreme(name, values) { return value }
    case (_, .fleet?) where name.hasPrefix("fleet."):
      return query(String(name.dropFirst("fleet.".count)), Array(arguments.dropFirst()), at: site)
    default: break
    }
    return .unknown(subject(of: values))
  }

  /// Follows a function of the policy.
  private mutating func enter(
    _ function: SourceRange, _ arguments: [Value], _ range: SourceRange, _ start: World
  ) -> [Outcome] {
    guard calls.count < 4, !active.contains(function), let body = outline.functions[function], !body.block.hasJumps
    else { return [Outcome(world: start, value: .unknown(subject(of: arguments).union(.data)))] }
    var world = begun(start)
    world.seen = []
    for (place, local) in body.parameters.enumerated() {
      world.assign(place < arguments.count ? arguments[place] : .nothing, to: local)
    }
    let leavesBefore = leaves
    calls.append(range)
    active.insert(function)
    returned.append([])
    let falls = follow(body.block, [world]).falls
    let outcomes = returned.removeLast() + falls.map { Outcome(world: $0, value: .nothing) }
    active.remove(function)
    calls.removeLast()
    leaves = leavesBefore
    return outcomes.map { outcome in
      var (after, value) = (outcome.world, outcome.value)
      if case .wait(var wait) = value.kind {
        wait.isDeliberate = wait.isDeliberate || after.status == .aside || after.isTimed
        value.kind = .wait(wait)
      } else {
        if case .unknown = value.kind { value.kind = .unknown(local: nil) }
        value.concerns.formUnion(after.seen)
      }
      after.resume(start)
      return Outcome(world: after, value: value)
    }
  }
}

extension CapacityValue {
  fileprivate var isAboutCapacity: Bool {
    switch kind {
    case .fact, .status, .measure: true
    default: false
    }
  }
}

extension CapacityValue.Kind {
  fileprivate var text: String? {
    if case .text(let text) = self { return text }
    return nil
  }
}
