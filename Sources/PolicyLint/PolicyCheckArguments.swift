import LuaSandbox
import LuaSyntax
import Policies
import Routing

extension PolicyCheck.Walk {
  private typealias Shape = PolicyCheck.Shape

  /// Checks the arguments of a sandbox function, if their shapes show that it will not accept them.
  mutating func checkCall(_ function: String, _ arguments: [Expression], at name: SourceRange) {
    if let form = PolicyVocabulary.script.verdicts.first(where: { $0.name == function }) {
      return checkVerdict(form, arguments, at: name)
    }
    switch function {
    case "starts_with", "ends_with", "glob", "split":
      for index in 0..<2 { checkText(function, arguments, index, at: name) }
    case "contains":
      if let first = arguments.first, shape(of: first) == .tags {
      } else {
        checkText(function, arguments, 0, at: name)
      }
      checkText(function, arguments, 1, at: name)
    case "table.sort":
      if arguments.count == 2, case .function(let body) = arguments[1].unwrapped.kind { checkOrder(body) }
    case "pairs":
      guard let first = arguments.first, let shape = shape(of: first), shape.isShown else { return }
      add(
        .wrongArgument, first.range, "pairs: expected a table, found \(shape.name)",
        [.fleet, .tags].contains(shape) ? "use ipairs" : "read its fields by their names")
    default: break
    }
  }

  private mutating func checkVerdict(
    _ form: ScriptVocabulary.VerdictForm, _ arguments: [Expression], at name: SourceRange
  ) {
    var expected: [(words: String, shapes: [Shape], isNeeded: Bool)] = []
    if form.takesMember { expected.append(("a device", [.device, .text], true)) }
    if form.takesTarget {
      expected.append(("a device, the fleet or a filter", [.device, .text, .fleet, .table], true))
    }
    expected.append(("a reason as text", [.text], false))
    if form.takesSeconds { expected.append(("seconds as a number", [.number], false)) }
    for (index, (words, shapes, isNeeded)) in expected.enumerated() {
      guard index < arguments.count else {
        if isNeeded, arguments.isEmpty {
          add(.wrongArgument, name, "\(form.name): expected \(words), found nothing", nil)
        }
        break
      }
      guard let shape = shape(of: arguments[index]), shape != .nothing || isNeeded, !shapes.contains(shape) else {
        continue
      }
      let isSwapped = form.takesSeconds && shape == .number && index < expected.count - 1
      add(
        .wrongArgument, arguments[index].range, "\(form.name): expected \(words), found \(shape.name)",
        isSwapped
          ? "write \(form.takesTarget ? "\(form.name)(fleet, 'why', seconds)" : "\(form.name)('why', seconds)")" : nil)
    }
    checkReason(form, arguments, at: name)
    if form.takesMember || form.takesTarget, let device = arguments.first { checkID(device) }
    if form.takesTarget, let target = arguments.first { checkTarget(form.name, target) }
    if form.takesSeconds, arguments.count == expected.count, let seconds = arguments.last?.number,
      !(seconds >= 0 && seconds <= Admission.longestWaitSeconds)
    {
      add(
        .wrongArgument, arguments[arguments.count - 1].range,
        "\(form.name): expected 0 to \(Int(Admission.longestWaitSeconds)) seconds, found \(seconds < 0 ? "less" : "more")",
        "the time is in seconds")
    }
    if arguments.count > expected.count {
      add(
        .ignoredArgument,
        SourceRange(start: arguments[expected.count].range.start, end: arguments[arguments.count - 1].range.end),
        "\(form.name) takes \(expected.map(\.words).joined(separator: " and ")); further arguments are ignored", nil)
    }
  }

  /// Checks a table that is written in the call: a filter, not a list. A text is an id, also if the fleet or a filter is
  /// meant.
  private mutating func checkTarget(_ function: String, _ argument: Expression) {
    if let text = argument.unwrapped.stringText {
      let words = text.lowercased()
      if words == "fleet" {
        add(
          .impossibleID, argument.range, "'\(text)' in quotes is the id of a device, not the fleet",
          "write \(function)(fleet, 'why')")
      } else if words.hasPrefix("{") || PolicyVocabulary.filterKeys.contains(where: { words.hasPrefix("\($0)=") }) {
        add(
          .impossibleID, argument.range, "a filter in quotes is the id of a device",
          "write \(function)({ \(PolicyVocabulary.filterKeys[0]) = 'kl' }, 'why')")
      }
      return
    }
    guard case .table(let table) = argument.unwrapped.kind else { return }
    guard let first = table.entries.first, case .item = first else { return checkFilter(function, argument) }
    add(
      .wrongArgument, argument.range, "\(function): expected a device, the fleet or a filter, found a list",
      "name one device, or write a filter such as { \(PolicyVocabulary.filterKeys[0]) = 'kl' }")
  }

  private mutating func checkReason(
    _ form: ScriptVocabulary.VerdictForm, _ arguments: [Expression], at name: SourceRange
  ) {
    let index = form.takesMember || form.takesTarget ? 1 : 0
    let example =
      form.takesMember
      ? "\(form.name)(device, 'why')" : form.takesTarget ? "\(form.name)(fleet, 'why')" : "\(form.name)('why')"
    if index < arguments.count {
      let isNothing = shape(of: arguments[index]) == .nothing || arguments[index].stringText == ""
      if isNothing {
        add(.missingReason, arguments[index].range, "\(form.name) is called without a reason", "write \(example)")
      }
      return
    }
    guard index == arguments.count else { return }
    // A call as the last argument may return the reason too, unless its result is known.
    if let last = arguments.last, !last.givesOne, shape(of: last) == nil { return }
    add(.missingReason, name, "\(form.name) is called without a reason", "write \(example)")
  }

  private mutating func checkText(
    _ function: String, _ arguments: [Expression], _ index: Int, at name: SourceRange
  ) {
    guard index < arguments.count else {
      // A call or `...` as the last argument may give more than one value.
      if arguments.last.map({ $0.givesOne }) ?? true {
        add(.wrongArgument, name, "\(function): expected two arguments, found \(arguments.count)", nil)
      }
      return
    }
    guard let shape = shape(of: arguments[index]), shape != .text else { return }
    add(.wrongArgument, arguments[index].range, "\(function): expected text, found \(shape.name)", nil)
  }

  mutating func checkArguments(
    of query: (name: String, query: ScriptVocabulary.Query), _ arguments: [Expression], at name: SourceRange
  ) {
    var filter = 0
    switch query.query {
    case .get, .hash:
      filter = query.query == .get ? .max : 1
      let words = query.query == .get ? "an id as text" : "a key as text"
      guard let first = arguments.first else {
        return add(.wrongArgument, name, "\(query.name): expected \(words), found nothing", nil)
      }
      if let shape = shape(of: first), shape != .text {
        add(.wrongArgument, first.range, "\(query.name): expected \(words), found \(shape.name)", nil)
      }
      if query.query == .get { checkID(first) }
    case .candidates:
      filter = 1
      guard let first = arguments.first else {
        return add(.wrongArgument, name, "\(query.name): expected a number of devices, found nothing", nil)
      }
      if let shape = shape(of: first), shape != .number, shape != .text {
        add(.wrongArgument, first.range, "\(query.name): expected a number of devices, found \(shape.name)", nil)
      }
    case .least, .first, .eligible: break
    }
    if filter < arguments.count { checkFilter(query.name, arguments[filter]) }
  }

  private mutating func checkFilter(_ query: String, _ argument: Expression) {
    guard case .table(let table) = argument.unwrapped.kind else {
      guard let shape = shape(of: argument), ![.table, .nothing].contains(shape) else { return }
      return add(
        .wrongArgument, argument.range, "\(query): expected a filter, found \(shape.name)",
        "write it like { \(PolicyVocabulary.filterKeys[0]) = 'kl' }")
    }
    let keys = PolicyVocabulary.filterKeys
    for entry in table.entries {
      guard case .named(let name, let value) = entry else { continue }
      guard keys.contains(name.text) else {
        add(
          .wrongArgument, name.range, "a filter has no '\(name.text)'",
          Self.nearest(name.text, keys) ?? "it has \(keys.joined(separator: ", "))",
          fix: Self.rename(name.text, name.range, keys, in: source))
        continue
      }
      guard let shape = shape(of: value), ![.text, .nothing].contains(shape) else { continue }
      if name.text == keys[2], shape == .device { continue }
      add(.wrongArgument, value.range, "\(query): \(name.text): expected text, found \(shape.name)", nil)
    }
  }
}

extension Expression {
  /// The value of a number literal, also with a minus sign.
  var number: Double? {
    switch unwrapped.kind {
    case .integer(let value): Double(value)
    case .float(let value): value
    case .unary(.negate, let operand): operand.number.map { -$0 }
    default: nil
    }
  }

  /// Whether it is exactly one value at the end of a list.
  fileprivate var givesOne: Bool {
    switch kind {
    case .vararg: false
    case .suffixed(_, let suffixes): !(suffixes.last?.isCall ?? false)
    default: true
    }
  }
}
