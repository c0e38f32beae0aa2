import LuaSandbox
import LuaSyntax
import Routing

/// Names that nothing has, and those that Lua has and policies do not.
extension PolicyCheck {
  static func names(_ scope: ScopeAnalysis, _ chunk: Chunk, _ kind: PolicyKind) -> [Finding] {
    let known = PolicyVocabulary.globals(of: kind)
    return scope.globals.compactMap { use in
      if use.access == .write {
        return Finding(
          .undeclaredVariable, use.range, "'\(use.name)' is assigned but not declared", "write `local \(use.name)`",
          fix: declaration(of: use, scope, chunk))
      }
      guard !known.contains(use.name) else { return nil }
      if kind == .guard, PolicyVocabulary.globals.contains(use.name) {
        return Finding(
          .notInPolicies, use.range, "there is no global '\(use.name)' in guards",
          "a guard can return wait(...) or nothing")
      }
      if let advice = instead(of: use.name) {
        return Finding(.notInPolicies, use.range, "'\(use.name)' is not available in policies", advice)
      }
      let visible = chunk.locals.filter {
        $0.role != .hidden && $0.scope.start <= use.position && use.position < $0.scope.end
      }.map(\.name)
      // A local that cannot be meant here could be what was misspelt all the same.
      let hidden = chunk.locals.map(\.name).filter { !visible.contains($0) }
      let certain = certainName(for: use.name, among: Set(known + visible + hidden).sorted())
      let isDeclaredElsewhere = scope.globals.contains { $0.name == use.name && $0.access == .write }
      return Finding(
        .unknownGlobal, use.range, "there is no global '\(use.name)'",
        Walk.nearest(use.name, known + visible) ?? "policies know \(known.joined(separator: ", "))",
        fix: certain.flatMap { name in
          hidden.contains(name) || isDeclaredElsewhere ? nil : .rename(use.range, from: use.name, to: name)
        })
    }
  }

  /// `local` before an assignment, when all that names the variable comes after it in its block.
  private static func declaration(of use: ScopeAnalysis.GlobalUse, _ scope: ScopeAnalysis, _ chunk: Chunk) -> Fix? {
    let uses = scope.globals.filter { $0.name == use.name }
    guard uses.first == use, let home = chunk.block.home(ofAssignmentAt: use.position) else { return nil }
    let later = uses.dropFirst().allSatisfy {
      home.statement.range.end <= $0.position && $0.position < home.block.range.end
    }
    guard later else { return nil }
    return .insert("local ", at: home.statement.range.start, "'local' before '\(use.name)'")
  }

  /// What the sandbox says of a well-known global that it does not have.
  private static func instead(of name: String) -> String? {
    guard let sandbox = try? Sandbox(vocabulary: PolicyVocabulary.script, limits: SandboxLimits(), scriptName: "p")
    else { return nil }
    do throws(ScriptFault) {
      try sandbox.load(Array("local _ = \(name)".utf8))
      return nil
    } catch {
      let parts = error.message.split(separator: "' is not available in policies: ", maxSplits: 1)
      return parts.count == 2 ? String(parts[1]) : nil
    }
  }

  static func members(_ scope: ScopeAnalysis) -> [Finding] {
    scope.globalMembers.compactMap { access in
      guard let library = ScriptVocabulary.libraryMembers.first(where: { $0.library == access.base }),
        !library.members.contains(access.member)
      else { return nil }
      let (rule, instead) = Walk.elsewhere(access.member, in: access.base)
      return Finding(
        rule, access.range, "there is no '\(access.base).\(access.member)' in policies",
        instead ?? Walk.nearest(access.member, library.members)
          ?? "\(access.base) has \(library.members.joined(separator: ", "))",
        fix: rule == .unknownField ? Walk.rename(access.member, access.range, library.members) : nil)
    }
  }
}

extension Block {
  /// The statement that assigns one variable, whose name stands at `position`, and the block that it is in.
  fileprivate func home(ofAssignmentAt position: SourcePosition) -> (statement: Statement, block: Block)? {
    guard let statement = statements.last(where: { $0.range.start <= position }), position < statement.range.end else {
      return nil
    }
    if case .assignment(let targets, _) = statement.kind, targets.count == 1, targets[0].range.start == position {
      return (statement, self)
    }
    var found: (statement: Statement, block: Block)?
    statement.forEachPart(
      expression: { if let inner = $0.home(ofAssignmentAt: position) { found = inner } },
      block: { if let inner = $0.home(ofAssignmentAt: position) { found = inner } },
      function: { if let inner = $0.block.home(ofAssignmentAt: position) { found = inner } })
    return found
  }
}

extension Expression {
  fileprivate func home(ofAssignmentAt position: SourcePosition) -> (statement: Statement, block: Block)? {
    guard range.start <= position, position < range.end else { return nil }
    var found: (statement: Statement, block: Block)?
    forEachPart(
      expression: { if let inner = $0.home(ofAssignmentAt: position) { found = inner } },
      function: { if let inner = $0.block.home(ofAssignmentAt: position) { found = inner } })
    return found
  }
}
