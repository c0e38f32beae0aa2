/// The state of one function while it is parsed: its locals, its upvalues, its blocks, its jumps.
struct FunctionScope {
  /// One open block.
  struct BlockScope {
    var isLoop: Bool
    /// How many locals were active when the block began.
    var activeCount: Int
    /// How many labels and jumps there were when the block began.
    var firstLabel: Int
    var firstJump: Int
  }

  /// A `goto` or `break` whose label has not been found yet.
  struct Jump {
    var label: String
    var position: SourcePosition
    /// The number of locals active where it jumps from, as seen from the innermost block still open.
    var activeCount: Int
    var isSolved = false
  }

  /// The label name for pending breaks; it is a reserved word, so no label can have it.
  static let breakLabel = "break"

  let number: Int
  let line: Int
  var isVararg = false
  /// Locals in scope, as indices into the chunk's locals; those past `activeCount` are not visible yet.
  var declared: [Int] = []
  var activeCount = 0
  var upvalues: Set<Int> = []
  private(set) var blocks: [BlockScope] = []
  private var labels: [String: SourcePosition] = [:]
  private var labelOrder: [String] = []
  private var jumps: [Jump] = []
  /// The pending jumps to each label, as ascending indices into `jumps`.
  private var waiting: [String: [Int]] = [:]

  init(number: Int, line: Int) {
    self.number = number
    self.line = line
  }

  /// The name of the function in messages.
  var name: String { number == 0 ? "the main function" : "the function at line \(line)" }

  var block: BlockScope { blocks[blocks.count - 1] }

  mutating func enterBlock(isLoop: Bool) {
    blocks.append(
      BlockScope(
        isLoop: isLoop, activeCount: activeCount, firstLabel: labelOrder.count, firstJump: jumps.count))
  }

  /// Ends the innermost block and returns the number of locals that remain; pending jumps pass to the outer block.
  mutating func leaveBlock() -> Int {
    let left = blocks.removeLast()
    while labelOrder.count > left.firstLabel { labels[labelOrder.removeLast()] = nil }
    for index in left.firstJump..<jumps.count { jumps[index].activeCount = left.activeCount }
    activeCount = left.activeCount
    return left.activeCount
  }

  /// Throws at `position` for the first pending jump of the function.
  func checkPending(at position: SourcePosition) throws(LuaSyntaxError) {
    guard let jump = jumps.first(where: { !$0.isSolved }) else { return }
    let line = jump.position.line
    throw LuaSyntaxError(
      position: line == position.line ? jump.position : position,
      message: jump.label == Self.breakLabel
        ? "'break' outside a loop at line \(line)"
        : "no visible label '\(jump.label)' for 'goto' at line \(line)",
      related: jump.position)
  }

  /// Adds a jump; one to a label already visible is resolved immediately.
  mutating func jump(to label: String, from position: SourcePosition) {
    guard labels[label] == nil else { return }
    waiting[label, default: []].append(jumps.count)
    jumps.append(Jump(label: label, position: position, activeCount: activeCount))
  }

  /// Adds a label and resolves the jumps pending for it.
  ///
  /// `isLast` means that no statement follows in the block, whose locals then count as out of scope. Throws at
  /// `position` for a label that is already visible and for a jump into the scope of a local.
  mutating func addLabel(
    _ label: Name, isLast: Bool, locals: [LocalVariable], at position: SourcePosition
  ) throws(LuaSyntaxError) {
    if let first = labels[label.text] {
      let sameLine = label.range.start.line == position.line
      throw LuaSyntaxError(
        position: sameLine ? label.range.start : position,
        message: "label '\(label.text)' already defined on line \(first.line)", related: first)
    }
    labels[label.text] = label.range.start
    labelOrder.append(label.text)
    try solve(label.text, active: isLast ? block.activeCount : activeCount, locals: locals, at: position)
  }

  /// Resolves the breaks of the innermost block, which is a loop.
  mutating func solveBreaks(
    locals: [LocalVariable], at position: SourcePosition
  ) throws(LuaSyntaxError) {
    try solve(Self.breakLabel, active: activeCount, locals: locals, at: position)
  }

  private mutating func solve(
    _ label: String, active: Int, locals: [LocalVariable], at position: SourcePosition
  ) throws(LuaSyntaxError) {
    guard var indices = waiting.removeValue(forKey: label) else { return }
    let first = indices.firstIndex { $0 >= block.firstJump } ?? indices.count
    for index in indices[first...] {
      let jump = jumps[index]
      guard jump.activeCount >= active else {
        let local = locals[declared[jump.activeCount]]
        throw LuaSyntaxError(
          position: jump.position.line == position.line ? jump.position : position,
          message: "'goto \(label)' at line \(jump.position.line) jumps into the scope of \(local.title)",
          related: jump.position)
      }
      jumps[index].isSolved = true
    }
    indices.removeSubrange(first...)
    if !indices.isEmpty { waiting[label] = indices }
    while jumps.count > block.firstJump, jumps.last?.isSolved ?? false { jumps.removeLast() }
  }
}

extension LocalVariable {
  /// The name of the variable in messages.
  fileprivate var title: String {
    role == .hidden ? "a hidden local of a 'for'" : "local '\(name)'"
  }
}
