import LuaSyntax
import Policies

extension PolicyCheck {
  /// Unused local variables, and names that hide others. Names that begin with `_` are ignored.
  static func locals(_ scope: ScopeAnalysis, _ chunk: Chunk) -> [Finding] {
    let declarations = Declarations(chunk)
    // Locals are matched by the position of their declaration, because the analysis omits hidden ones.
    let usage = Dictionary(scope.locals.map { ($0.declaration.offset, $0) }, uniquingKeysWith: { first, _ in first })
    func isRead(_ index: Int) -> Bool { usage[chunk.locals[index].range.start.offset]?.isRead ?? true }
    var findings: [Finding] = []
    for (index, local) in chunk.locals.enumerated() where local.role != .hidden && !local.name.hasPrefix("_") {
      if let finding = hiding(index, local, chunk, declarations) { findings.append(finding) }
      guard [.variable, .function].contains(local.role), !isRead(index),
        // In `local ok, answer = f()` a variable often exists only for the sake of the other.
        !(declarations.siblings[index] ?? []).contains(where: isRead)
      else { continue }
      let isWritten = usage[local.range.start.offset]?.isWritten ?? false
      findings.append(
        Finding(
          .unusedLocal, local.range, "'\(local.name)' is \(isWritten ? "assigned but " : "")never read",
          "remove it, or rename it to '_\(local.name)' to keep it"))
    }
    return findings
  }

  private static func hiding(
    _ index: Int, _ local: LocalVariable, _ chunk: Chunk, _ declarations: Declarations
  ) -> Finding? {
    // `local floor = floor` keeps the meaning of the name.
    guard local.role != .implicitSelf, !declarations.copies.contains(index) else { return nil }
    let rename = "rename it"
    if let shadowed = local.shadowed {
      let line = chunk.locals[shadowed].range.start.line
      return Finding(.shadowedName, local.range, "'\(local.name)' hides the one declared on line \(line)", rename)
    }
    guard PolicyVocabulary.globals.contains(local.name) else { return nil }
    // `local function select(contact, fleet)`, which is then put into the returned table.
    let isHook = PolicyVocabulary.Hook.allCases.contains { $0.name == local.name }
    let isFunction = local.role == .function || declarations.functions.contains(index)
    guard !(isHook && isFunction) else { return nil }
    return Finding(.shadowedName, local.range, "'\(local.name)' hides the built-in of that name", rename)
  }

  /// Facts from `local` statements about their variables.
  private struct Declarations {
    /// Locals initialised with the variable of the same name.
    private(set) var copies: Set<Int> = []
    /// Locals initialised with a function.
    private(set) var functions: Set<Int> = []
    /// For each variable of a statement with a single call as its values, all variables of that statement.
    private(set) var siblings: [Int: [Int]] = [:]
    private let chunk: Chunk

    init(_ chunk: Chunk) {
      self.chunk = chunk
      visit(chunk.block)
    }

    private mutating func visit(_ block: Block) {
      for statement in block.statements {
        if case .local(let variables, let values) = statement.kind {
          for (place, index) in variables.enumerated() {
            if !values.isEmpty, variables.count > values.count, place >= values.count - 1 {
              siblings[index] = Array(variables[(values.count - 1)...])
            }
            guard place < values.count else { continue }
            switch values[place].unwrapped.kind {
            case .name(let use) where use.text == chunk.locals[index].name: copies.insert(index)
            case .function: functions.insert(index)
            default: break
            }
          }
        }
        statement.forEachPart(expression: { visit($0) }, block: { visit($0) }, function: { visit($0.block) })
      }
    }

    private mutating func visit(_ expression: Expression) {
      expression.forEachPart(expression: { visit($0) }, function: { visit($0.block) })
    }
  }
}
