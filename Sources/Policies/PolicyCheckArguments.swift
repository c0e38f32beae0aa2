import LuaSandbox
import LuaSyntax
import Routing

extension PolicyCheck.Walk {
  private typealias Shape = PolicyCheck.Shape

  /// What a device of a fleet can be: a retired one is in no fleet.
  static let statuses = DeviceStatus.allCases.filter { $0 != .retired }.map(\.rawValue)

  /// The arguments of a function that the sandbox gives, where they say of themselves that it will not take them.
  mutating func checkCall(_ function: String, _ arguments: [Expression], at position: SourcePosition) {
    if let form = PolicyVocabulary.script.verdicts.first(where: { $0.name == function }) {
      return checkVerdict(form, arguments, at: position)
    }
    switch function {
    case "starts_with", "ends_with", "glob", "split":
      for place in 0..<2 { checkText(function, arguments, place, at: position) }
    case "contains":
      if let first = arguments.first, shape(of: first) == .tags {
      } else {
        checkText(function, arguments, 0, at: position)
      }
      checkText(function, arguments, 1, at: position)
    case "pairs":
      guard let first = arguments.first, let shape = shape(of: first), shape.isShown else { return }
      add(
        .error, first.range.start, "pairs: expected a table, found \(shape.name)",
        [.fleet, .tags].contains(shape) ? "use ipairs" : "read its fields by their names")
    default: break
    }
  }

  private mutating func checkVerdict(
    _ form: ScriptVocabulary.VerdictForm, _ arguments: [Expression], at position: SourcePosition
  ) {
    var expected: [(words: String, shapes: [Shape], isNeeded: Bool)] = []
    if form.takesMember { expected.append(("a device", [.device, .text], true)) }
    expected.append(("a reason as text", [.text], false))
    if form.takesSeconds { expected.append(("seconds as a number", [.number], false)) }
    for (place, (words, shapes, isNeeded)) in expected.enumerated() {
      guard place < arguments.count else {
        if isNeeded, arguments.isEmpty { add(.error, position, "\(form.name): expected \(words), found nothing", nil) }
        break
      }
      guard let shape = shape(of: arguments[place]), shape != .nothing || isNeeded, !shapes.contains(shape) else {
        continue
      }
      let isSwapped = form.takesSeconds && shape == .number
      add(
        .error, arguments[place].range.start, "\(form.name): expected \(words), found \(shape.name)",
        isSwapped ? "write \(form.name)('why', seconds)" : nil)
    }
    if form.takesSeconds, arguments.count == expected.count, let seconds = arguments.last?.number,
      !(seconds >= 0 && seconds <= Admission.longestWaitSeconds)
    {
      add(
        .error, arguments[arguments.count - 1].range.start,
        "\(form.name): expected 0 to \(Int(Admission.longestWaitSeconds)) seconds, found \(seconds < 0 ? "less" : "more")",
        "the time is in seconds")
    }
    if arguments.count > expected.count {
      add(
        .warning, arguments[expected.count].range.start,
        "\(form.name) takes \(expected.map(\.words).joined(separator: " and ")); what follows is not looked at", nil)
    }
  }

  private mutating func checkText(
    _ function: String, _ arguments: [Expression], _ place: Int, at position: SourcePosition
  ) {
    guard place < arguments.count else {
      // A call or `...` at the end may give more than one value.
      if arguments.last.map({ $0.givesOne }) ?? true {
        add(.error, position, "\(function): expected two arguments, found \(arguments.count)", nil)
      }
      return
    }
    guard let shape = shape(of: arguments[place]), shape != .text else { return }
    add(.error, arguments[place].range.start, "\(function): expected text, found \(shape.name)", nil)
  }

  mutating func checkArguments(
    of query: (name: String, query: ScriptVocabulary.Query), _ arguments: [Expression], at position: SourcePosition
  ) {
    var filter = 0
    switch query.query {
    case .get, .hash:
      filter = query.query == .get ? .max : 1
      let words = query.query == .get ? "an id as text" : "a key as text"
      guard let first = arguments.first else {
        return add(.error, position, "\(query.name): expected \(words), found nothing", nil)
      }
      if let shape = shape(of: first), shape != .text {
        add(.error, first.range.start, "\(query.name): expected \(words), found \(shape.name)", nil)
      }
    case .candidates:
      filter = 1
      guard let first = arguments.first else {
        return add(.error, position, "\(query.name): expected how many, found nothing", nil)
      }
      if let shape = shape(of: first), shape != .number, shape != .text {
        add(.error, first.range.start, "\(query.name): expected how many, found \(shape.name)", nil)
      }
    case .least, .first, .eligible: break
    }
    if filter < arguments.count { checkFilter(query.name, arguments[filter]) }
  }

  private mutating func checkFilter(_ query: String, _ argument: Expression) {
    guard case .table(let table) = argument.unwrapped.kind else {
      guard let shape = shape(of: argument), ![.table, .nothing].contains(shape) else { return }
      return add(
        .error, argument.range.start, "\(query): expected a filter, found \(shape.name)",
        "write it as in { \(PolicyVocabulary.filterKeys[0]) = 'kl' }")
    }
    let keys = PolicyVocabulary.filterKeys
    for entry in table.entries {
      guard case .named(let name, let value) = entry else { continue }
      guard keys.contains(name.text) else {
        add(
          .error, name.range.start, "a filter has no '\(name.text)'",
          Self.nearest(name.text, keys) ?? "it knows \(keys.joined(separator: ", "))")
        continue
      }
      guard let shape = shape(of: value), ![.text, .nothing].contains(shape) else { continue }
      if name.text == keys[2], shape == .device { continue }
      add(.error, value.range.start, "\(query): \(name.text): expected text, found \(shape.name)", nil)
    }
  }
}

extension Expression {
  /// A number as it is written, also with a minus sign.
  fileprivate var number: Double? {
    switch unwrapped.kind {
    case .integer(let value): Double(value)
    case .float(let value): value
    case .unary(.negate, let operand): operand.number.map { -$0 }
    default: nil
    }
  }

  /// Whether it stands for exactly one value at the end of a list.
  fileprivate var givesOne: Bool {
    switch kind {
    case .vararg: false
    case .suffixed(_, let suffixes): !(suffixes.last?.isCall ?? false)
    default: true
    }
  }
}
