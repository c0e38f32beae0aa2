import LuaSandbox
import LuaSyntax
import Policies
import Routing

/// Finds unknown names, and names that Lua has but policies do not.
extension PolicyCheck {
  static func names(_ scope: ScopeAnalysis, _ chunk: Chunk, _ source: [UInt8], _ kind: PolicyKind) -> [Finding] {
    let known = PolicyVocabulary.globals(of: kind)
    let uses = Dictionary(grouping: scope.globals, by: \.name)
    var meanings = Meanings(chunk, globals: known)
    return scope.globals.compactMap { use in
      guard use.access == .write || !known.contains(use.name) else { return nil }
      if use.access == .write {
        return Finding(
          .undeclaredVariable, use.range, "'\(use.name)' is assigned but not declared", "write `local \(use.name)`",
          fix: declaration(of: use, among: uses[use.name] ?? [], chunk))
      }
      if kind == .guard, PolicyVocabulary.globals.contains(use.name) {
        return Finding(
          .notInPolicies, use.range, "there is no global '\(use.name)' in guards",
          "a guard can return wait(...) or nothing")
      }
      let meaning = meanings[use.name]
      if let advice = meaning.instead {
        return Finding(.notInPolicies, use.range, "'\(use.name)' is not available in policies", advice)
      }
      let nearest = meaning.nearest.flatMap { meanings.isThere($0, at: use.position) ? $0 : meaning.nearestGlobal }
      let isDeclaredElsewhere = (uses[use.name] ?? []).contains { $0.access == .write }
      let certain = meaning.certain.flatMap { meanings.isThere($0, at: use.position) ? $0 : nil }
      return Finding(
        .unknownGlobal, use.range, "there is no global '\(use.name)'",
        nearest.map { "did you mean '\($0)'?" } ?? "policies have \(known.joined(separator: ", "))",
        fix: isDeclaredElsewhere ? nil : certain.flatMap { .rename(use.range, from: use.name, to: $0, in: source) })
    }
  }

  /// Finds what an unknown name was probably meant to be.
  private struct Meanings {
    struct Meaning {
      /// The sandbox's advice for a well-known name that it does not have.
      var instead: String?
      /// The nearest among the globals and all locals, regardless of their scopes.
      var nearest: String?
      var certain: String?
      var nearestGlobal: String?
    }

    /// The maximum number of names examined: a file with more unknown names is not a policy with typing errors.
    private static let most = 100
    private let locals: [String: [LocalVariable]]
    private let globals: [String]
    private let candidates: [String]
    private var known: [String: Meaning] = [:]

    init(_ chunk: Chunk, globals: [String]) {
      self.globals = globals
      locals = Dictionary(grouping: chunk.locals.filter { $0.role != .hidden }, by: \.name)
      candidates = globals + locals.keys.filter { !globals.contains($0) }.sorted()
    }

    subscript(name: String) -> Meaning {
      mutating get {
        if let meaning = known[name] { return meaning }
        guard known.count < Self.most else { return Meaning() }
        let meaning = Meaning(
          instead: PolicyCheck.instead(of: name), nearest: nearestName(to: name, among: candidates),
          certain: certainName(for: name, among: candidates),
          nearestGlobal: nearestName(to: name, among: globals))
        known[name] = meaning
        return meaning
      }
    }

    /// Whether a name is defined at a position.
    func isThere(_ name: String, at position: SourcePosition) -> Bool {
      globals.contains(name)
        || (locals[name] ?? []).contains { $0.scope.start <= position && position < $0.scope.end }
    }
  }

  /// Inserts `local` before an assignment, if all other uses of the variable follow it in the same block.
  private static func declaration(
    of use: ScopeAnalysis.GlobalUse, among uses: [ScopeAnalysis.GlobalUse], _ chunk: Chunk
  ) -> Fix? {
    guard uses.first == use, let home = chunk.block.home(ofAssignmentAt: use.position) else { return nil }
    let later = uses.dropFirst().allSatisfy {
      home.statement.range.end <= $0.position && $0.position < home.block.range.end
    }
    guard later else { return nil }
    return .insert("local ", at: home.statement.range.start, "'local' before '\(use.name)'")
  }

  /// The sandbox's advice for a well-known global that it does not have.
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

  static func members(_ scope: ScopeAnalysis, _ source: [UInt8]) -> [Finding] {
    scope.globalMembers.compactMap { access in
      guard let library = ScriptVocabulary.libraryMembers.first(where: { $0.library == access.base }),
        !library.members.contains(access.member)
      else { return nil }
      let (rule, instead) = Walk.elsewhere(access.member, in: access.base)
      return Finding(
        rule, access.range, "there is no '\(access.base).\(access.member)' in policies",
        instead ?? Walk.nearest(access.member, library.members)
          ?? "\(access.base) has \(library.members.joined(separator: ", "))",
        fix: rule == .unknownField ? Walk.rename(access.member, access.range, library.members, in: source) : nil)
    }
  }
}

extension Block {
  /// The statement that assigns a single variable with its name at `position`, and the block that contains the statement.
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
