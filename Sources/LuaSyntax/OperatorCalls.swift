/// A Lua source whose operators `#` and `^` are replaced by calls.
///
/// `#list ^ 2` becomes ` length( power(list ,2))` with the names given. Line numbers do not change; columns do.
package struct OperatorCalls {
  /// The rewritten source.
  package private(set) var source: [UInt8]

  private struct Edit {
    var offset: Int
    var removed: Int
    var text: String
  }

  private let length: String
  private let power: String
  private var edits: [Edit] = []

  /// Rewrites `source`. Throws the first error that Lua's compiler would report, and rejects a source that contains the
  /// name of one of the functions.
  package init(_ source: [UInt8], length: String, power: String) throws(LuaSyntaxError) {
    (self.source, self.length, self.power) = (source, length, power)
    let chunk = try LuaParser.parse(source)
    for name in [length, power] { try refuse(name) }
    guard source.contains(where: { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "^") }) else { return }
    visit(chunk.block)
    apply()
  }

  /// A local variable with this name would be called in place of our function.
  private func refuse(_ name: String) throws(LuaSyntaxError) {
    guard let start = start(of: Array(name.utf8)) else { return }
    let before = source[..<start]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    throw LuaSyntaxError(
      position: SourcePosition(
        offset: start, line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: start - lineStart + 1),
      message: "the name '\(name)' is not available in policies", hint: "use another name")
  }

  /// The offset of the first occurrence of a name, which must not be empty. The standard library's `firstRange(of:)`
  /// took twice as long as the rest of compiling a policy.
  private func start(of name: [UInt8]) -> Int? {
    guard source.count >= name.count else { return nil }
    return source.withUnsafeBufferPointer { source in
      (0...(source.count - name.count)).first { start in
        source[start] == name[0] && name.indices.allSatisfy { source[start + $0] == name[$0] }
      }
    }
  }

  private mutating func apply() {
    // Two edits at the same offset insert the same bytes, so their order does not matter.
    edits.sort { $0.offset < $1.offset }
    var result: [UInt8] = []
    result.reserveCapacity(source.count + edits.count * 10)
    var copied = 0
    for edit in edits {
      result += source[copied..<edit.offset]
      result += edit.text.utf8
      copied = edit.offset + edit.removed
    }
    result += source[copied...]
    source = result
  }

  private mutating func replace(_ count: Int, at position: SourcePosition, with text: String) {
    edits.append(Edit(offset: position.offset, removed: count, text: text))
  }
}

// MARK: - The walk

extension OperatorCalls {
  private mutating func visit(_ block: Block) {
    for statement in block.statements {
      statement.forEachPart(expression: { visit($0) }, block: { visit($0) }, function: { visit($0.block) })
    }
  }

  private mutating func visit(_ expression: Expression) {
    switch expression.kind {
    case .unary(.length, let operand):
      replace(1, at: expression.range.start, with: " \(length)(")
      replace(0, at: operand.range.end, with: ")")
    case .binary(let first, let steps):
      // No operator has a higher precedence, so a power is always the first step of its chain.
      for step in steps where step.operation == .power {
        replace(0, at: first.range.start, with: " \(power)(")
        replace(1, at: step.position, with: ",")
        replace(0, at: step.operand.range.end, with: ")")
      }
    default: break
    }
    expression.forEachPart(expression: { visit($0) }, function: { visit($0.block) })
  }
}
