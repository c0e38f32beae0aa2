import LuaSandbox
import LuaSyntax

/// Finds computations that can result in NaN.
extension PolicyCheck.Walk {
  /// Fields that can be 0 as a divisor.
  private static let counts = [
    "load", "sent_minute", "sent_hour", "sent_day", "queued", "in_flight", "headroom", "failures_hour", "attempts",
  ]
  /// Fields that can be 0, or nil for no limit.
  private static let limits = ["limit_minute", "limit_hour", "limit_day", "limit_queue"]

  mutating func checkScore(_ first: Expression, _ steps: [Expression.BinaryStep]) {
    for (index, step) in steps.enumerated() {
      switch step.operation {
      case .divide:
        guard let why = zero(step.operand, depth: 0) else { continue }
        add(
          .nanScore, step.operand.range, why,
          "compare it with 0 first, or divide by math.max(\(short(step.operand)), 1)")
      case .subtract where index == 0 && first.isHuge && step.operand.isHuge:
        add(
          .nanScore, SourceRange(start: first.range.start, end: step.operand.range.end),
          "math.huge - math.huge is NaN", "compare the two instead")
      default: break
      }
    }
  }

  private func short(_ expression: Expression) -> String {
    let text = text(of: expression)
    return text.utf8.count <= 40 && !text.contains(where: \.isNewline) ? text : "it"
  }

  /// Why an expression can be 0; nil if that is not known, or if the expression was compared with something before.
  private mutating func zero(_ expression: Expression, depth: Int) -> String? {
    let inner = expression.unwrapped
    guard depth < 10, !compared.contains(text(of: inner)) else { return nil }
    if inner.number == 0 { return "this divides by 0" }
    if let list = inner.measured {
      // In a loop over the list it is not empty.
      guard !visited.contains(text(of: list)), !compared.contains(text(of: list) + "[1]") else { return nil }
      return "'\(short(inner))' is 0 if the list is empty"
    }
    if let local = inner.localIndex {
      guard let value = soleValue(of: local) else {
        return beginsAsZero(local) ? "'\(short(inner))' is initialised with 0 and may still be 0" : nil
      }
      return zero(value, depth: depth + 1)
    }
    if inner.operations.last?.operation == .or {
      for part in inner.parts(joinedBy: .or) {
        if let why = zero(part, depth: depth + 1) { return why }
      }
      return nil
    }
    guard case .suffixed(let base, let suffixes) = inner.kind, let last = suffixes.last, !last.isCall else {
      return nil
    }
    var chain = PolicyCheck.Chain(base: base, shape: shape(of: base))
    for suffix in suffixes.dropLast() { chain.take(suffix) }
    guard let schema = chain.shape?.schema, let written = PolicyCheck.Chain.member(last)?.name,
      let name = schema.field(named: written)?.name
    else { return nil }
    if Self.limits.contains(name) { return "'\(name)' can be 0, or nil for a device without that limit" }
    return Self.counts.contains(name) ? "'\(name)' can be 0" : nil
  }
}

extension Expression {
  fileprivate var isHuge: Bool {
    guard case .suffixed(let base, let suffixes) = unwrapped.kind else { return false }
    return base.globalName == "math" && suffixes.count == 1 && lastField == "huge"
  }
}
