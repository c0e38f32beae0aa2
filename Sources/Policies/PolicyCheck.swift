import LuaSandbox
import LuaSyntax
import Routing

/// What is wrong with a policy file, found without calling any of its hooks.
///
/// The file is parsed, its names are looked up, and its chunk (what stands around the hooks) is run once in the
/// sandbox, as it is each time the policy is loaded.
package struct PolicyCheck: Sendable {
  package enum Severity: String, Sendable { case error, warning }

  package struct Finding: Sendable {
    package let severity: Severity
    /// From 1; nil when the finding is about the file.
    package let line: Int?
    package let column: Int?
    package let message: String
    /// What to do.
    package let advice: String?
  }

  /// In the order of the file.
  package let findings: [Finding]
  package var hasErrors: Bool { findings.contains { $0.severity == .error } }

  package init(
    file: String, source: [UInt8], parameters: [Parameter] = [], limits: SandboxLimits = SandboxLimits()
  ) {
    var findings: [Finding] = []
    var kind = PolicyKind.policy
    do throws(LuaSyntaxError) {
      let chunk = try LuaParser.parse(source)
      let scope = ScopeAnalysis(chunk)
      let table = ReturnedTable(chunk, scope: scope)
      if table?[name: PolicyVocabulary.guardHook] != nil { kind = .guard }
      findings += PolicyCheck.names(scope, kind) + PolicyCheck.members(scope) + PolicyCheck.language(scope)
      findings += PolicyCheck.hooks(table, kind) + Walk(chunk, table).findings
      findings += PolicyCheck.parameters(scope, table, given: parameters)
    } catch {
      findings.append(.init(.error, error.position, error.message, error.hint))
    }
    // The interpreter has the last word. What it refuses on a line that has an error already is the same error.
    if !findings.contains(where: { $0.severity == .error }) {
      do throws(Fault) {
        _ = try CompiledPolicy(file: file, source: source, parameters: parameters, limits: limits, kind: kind)
      } catch {
        findings.append(
          Finding(severity: .error, line: error.line, column: nil, message: error.message, advice: nil))
      }
    }
    self.findings = findings.enumerated().sorted {
      ($0.element.line ?? 0, $0.element.column ?? 0, $0.offset)
        < ($1.element.line ?? 0, $1.element.column ?? 0, $1.offset)
    }.map(\.element)
  }

  /// What is wrong with a file of test cases: nothing, or why it states none.
  package static func findings(inCases file: String, source: [UInt8]) -> [Finding] {
    do throws(PolicyCases.Failure) {
      _ = try PolicyCases(file: file, source: source)
      return []
    } catch {
      return [Finding(severity: .error, line: error.line, column: nil, message: error.message, advice: nil)]
    }
  }

  private static func names(_ scope: ScopeAnalysis, _ kind: PolicyKind) -> [Finding] {
    let known = PolicyVocabulary.globals(of: kind)
    return scope.globals.compactMap { use in
      if use.access == .write {
        return .init(
          .error, use.position, "'\(use.name)' is assigned but not declared", "write `local \(use.name)`")
      }
      guard !known.contains(use.name) else { return nil }
      if kind == .guard, PolicyVocabulary.globals.contains(use.name) {
        return .init(
          .error, use.position, "there is no global '\(use.name)' in guards", "a guard can return wait(...) or nothing")
      }
      if let advice = instead(of: use.name) {
        return .init(.error, use.position, "'\(use.name)' is not available in policies", advice)
      }
      return .init(
        .error, use.position, "there is no global '\(use.name)'",
        Walk.nearest(use.name, known) ?? "policies know \(known.joined(separator: ", "))")
    }
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

  private static func members(_ scope: ScopeAnalysis) -> [Finding] {
    scope.globalMembers.compactMap { access in
      guard let library = ScriptVocabulary.libraryMembers.first(where: { $0.library == access.base }),
        !library.members.contains(access.member)
      else { return nil }
      let advice =
        Walk.nearest(access.member, library.members)
        ?? (access.base == "math" && access.member.hasPrefix("random") ? "use random(m, n)" : nil)
      return .init(
        .error, access.position, "there is no '\(access.base).\(access.member)' in policies",
        Walk.patternAdvice(access.member) ?? advice
          ?? "\(access.base) has \(library.members.joined(separator: ", "))")
    }
  }

  /// Parameters that are read and that neither the file nor the tenant gives a value.
  private static func parameters(
    _ scope: ScopeAnalysis, _ table: ReturnedTable?, given: [Parameter]
  ) -> [Finding] {
    guard let table else { return [] }
    var declared: [String] = []
    if let field = table[name: "params"] {
      guard case .table(let params) = field.value else { return [] }
      for entry in params.entries {
        switch entry {
        case .named(let name, _): declared.append(name.text)
        case .keyed(let key, _):
          guard let name = key.unwrapped.stringText else { return [] }
          declared.append(name)
        case .item: return []
        }
      }
    }
    return scope.globalMembers.compactMap { access in
      guard access.base == "params", access.kind == .index, access.access != .write,
        !declared.contains(access.member), !given.contains(where: { $0.name == access.member })
      else { return nil }
      return .init(
        .warning, access.position, "params.\(access.member) has no default",
        Walk.nearest(access.member, declared)
          ?? "declare it in the table, as in params = { \(access.member) = ... }; unset, reading it is a fault")
    }
  }

  private static func language(_ scope: ScopeAnalysis) -> [Finding] {
    scope.environmentUses.map {
      .init(.error, $0.position, "the name '_ENV' is not available in policies", "use local variables")
    }
      + scope.closeAttributes.map {
        .init(.error, $0.position, "to-be-closed variables are not available in policies", "write `local \($0.name)`")
      }
      + scope.upvalueWrites.filter(\.isTopLevel).map {
        .init(
          .warning, $0.position, "'\($0.name)' is put back after each decision",
          "a decision depends on its request alone; keep counts in the contact's attributes or the device's tags")
      }
  }

  private static func hooks(_ table: ReturnedTable?, _ kind: PolicyKind) -> [Finding] {
    guard let table, kind == .policy else { return [] }
    var findings: [Finding] = []
    if table[name: "select"] == nil {
      findings.append(
        .init(
          .error, table.range.start, "the hook 'select' is missing",
          "add select = function(contact, fleet) ... end"))
    }
    for hook in [PolicyVocabulary.Hook.stalled, .failed] {
      guard let field = table[name: hook.name] else { continue }
      findings.append(
        .init(
          .warning, field.position, "the hook '\(hook.name)' is not called by this version",
          "messages that stall or fail stay where they are; see `usher report devices`"))
    }
    return findings
  }
}

extension PolicyCheck.Finding {
  init(
    _ severity: PolicyCheck.Severity, _ position: SourcePosition, _ message: String, _ advice: String?
  ) {
    self.init(
      severity: severity, line: position.line, column: position.column, message: message, advice: advice)
  }
}
