import LuaSandbox
import LuaSyntax
import Routing

/// Finds comparisons whose result is constant, and limits hard-coded in the policy.
extension PolicyCheck.Walk {
  /// The possible statuses of a device in a fleet, which never contains retired devices.
  static let statuses = DeviceStatus.allCases.filter { $0 != .retired }.map(\.rawValue)

  /// The possible priorities of a contact.
  static let priorities = Priority.allCases.map(\.name)

  /// Fields that hold an id, of any row.
  private static let ids = ["id", "assigned_device", "last_device"]

  /// The counters of a device, each with the device's own limit for it.
  private static let caps = [
    "sent_minute": "limit_minute", "sent_hour": "limit_hour", "sent_day": "limit_day", "in_flight": "limit_queue",
  ]

  mutating func checkComparison(_ comparison: Expression.Operation) {
    compared.insert(text(of: comparison.left))
    compared.insert(text(of: comparison.right))
    let sides = [(comparison.left, comparison.right), (comparison.right, comparison.left)]
    if comparison.operation.isOrder {
      for (one, other) in sides { checkCap(one, other) }
      return
    }
    for (one, other) in sides {
      if shape(of: one) == .device, shape(of: other) == .text {
        add(.impossibleComparison, comparison.range, "a device never equals text", "compare its id")
      }
      switch field(of: one) {
      case "status"?: checkWord(other, among: Self.statuses, of: "a device's status")
      case "priority"?: checkWord(other, among: Self.priorities, of: "a contact's priority")
      case let name? where Self.ids.contains(name): checkID(other, comparedWith: name)
      default: break
      }
    }
  }

  /// The field of a row given to a hook: `status` for `fleet[1].status`.
  private mutating func field(of expression: Expression) -> String? {
    guard case .suffixed(let base, let suffixes) = expression.unwrapped.kind, let last = suffixes.last, !last.isCall
    else { return nil }
    var chain = PolicyCheck.Chain(base: base, shape: shape(of: base))
    for suffix in suffixes.dropLast() { chain.take(suffix) }
    guard let schema = chain.shape?.schema, let name = PolicyCheck.Chain.member(last)?.name,
      schema.fields.contains(where: { $0.name == name })
    else { return nil }
    return name
  }

  /// Checks a literal that a field with a closed set of words is compared with.
  private mutating func checkWord(_ other: Expression, among words: [String], of field: String) {
    guard let value = other.unwrapped.stringText, !words.contains(value) else { return }
    let range = other.unwrapped.range
    let certain = certainName(for: value, among: words)
    add(
      .impossibleComparison, range, "\(field) is never '\(value)'",
      Self.nearest(value, words) ?? "it is one of \(words.joined(separator: ", "))",
      fix: certain.flatMap { .rename(range, from: value, to: $0, in: source) })
  }

  private mutating func checkID(_ value: Expression, comparedWith field: String) {
    if let shape = shape(of: value), [.number, .boolean].contains(shape) {
      add(
        .impossibleID, value.range, "'\(field)' is text and never equals \(shape.name)",
        value.number == nil ? nil : "write it in quotes: '\(text(of: value))'")
      return
    }
    checkID(value)
  }

  /// Checks that a literal is a valid id.
  mutating func checkID(_ value: Expression) {
    guard case .string(let bytes) = value.unwrapped.kind else { return }
    let text = String(validating: bytes, as: UTF8.self)
    guard text.flatMap({ ExternalID<Device>($0) }) == nil else { return }
    let what =
      if bytes.isEmpty {
        "an id is never empty"
      } else if bytes.count > 200 {
        "an id has at most 200 bytes, and this one has \(bytes.count)"
      } else if text == nil {
        "an id is UTF-8 text, and this one is not"
      } else {
        "an id contains no control characters, and this one does"
      }
    add(.impossibleID, value.unwrapped.range, what, bytes.isEmpty ? "a field without an id is nil" : nil)
  }

  // ---- Limits

  private mutating func checkCap(_ one: Expression, _ other: Expression) {
    // A comparison with a number up to 1 tests whether anything was sent at all.
    guard let number = number(of: other), number >= 2, let counted = counted(in: one), let cap = Self.caps[counted]
    else { return }
    add(
      .hardCodedCap, other.range, "the device has its own limit for \(counted)",
      "use device.can_accept_more, device.headroom or device.\(cap); a limit of the policy's own belongs in params")
  }

  private func number(of expression: Expression) -> Double? {
    if let number = expression.number { return number }
    return expression.localIndex.flatMap { soleValue(of: $0)?.number }
  }

  /// The first counter of a device in a sum.
  private mutating func counted(in expression: Expression) -> String? {
    for part in expression.addends {
      guard case .suffixed(let base, let suffixes) = part.kind, let last = suffixes.last else { continue }
      var chain = PolicyCheck.Chain(base: base, shape: shape(of: base))
      for suffix in suffixes.dropLast() { chain.take(suffix) }
      if chain.shape == .device, let name = PolicyCheck.Chain.member(last)?.name, Self.caps[name] != nil { return name }
    }
    return nil
  }
}

extension Expression {
  /// The operands of a sum; the expression itself if it is not a sum.
  fileprivate var addends: [Expression] {
    guard case .binary(let first, let steps) = unwrapped.kind, steps.allSatisfy({ $0.operation == .add }) else {
      return [unwrapped]
    }
    return ([first] + steps.map(\.operand)).map(\.unwrapped)
  }
}
