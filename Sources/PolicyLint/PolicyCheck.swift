import LuaSandbox
import LuaSyntax
import Policies
import Routing

/// The problems in a policy file, found without calling its hooks.
///
/// The file is parsed, its names are resolved, and its chunk (the code outside the hooks) is run once in the sandbox, as
/// it is each time the policy is loaded. Each `Rule` has a page in `Docs/Checks`.
package struct PolicyCheck: Sendable {
  /// In file order, without the warnings that comments in the file suppress.
  package let findings: [Finding]
  /// Policy or guard, determined by the declared hook; a file that cannot be parsed counts as a policy.
  package let kind: PolicyKind
  /// Whether the file would be refused; warnings do not count.
  package var hasErrors: Bool { findings.contains { $0.severity == .error } }

  /// Runs all checks; loads the file in a sandbox if the other checks find no error. `file` is its name in messages.
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
      findings +=
        PolicyCheck.names(scope, chunk, source, kind) + PolicyCheck.members(scope, source) + PolicyCheck.language(scope)
      findings += PolicyCheck.hooks(table, kind) + Walk(chunk, table, source).findings
      findings += CapacityWaits(chunk, table, source).findings
      findings += PolicyCheck.parameters(scope, table, source, given: parameters)
      findings += PolicyCheck.locals(scope, chunk) + Flow(chunk, table).findings + KeptState(chunk).findings
    } catch {
      let range = rangeOfToken(at: error.position, in: source)
      findings.append(Finding(.syntax, range, error.message, error.hint))
    }
    // The interpreter has the final word. After an error above it is not run: it would report the same error.
    if !findings.contains(where: { $0.severity == .error }) {
      do throws(Fault) {
        _ = try CompiledPolicy(file: file, source: source, parameters: parameters, limits: limits, kind: kind)
      } catch {
        findings.append(Finding(.doesNotLoad, line: error.line, error.message))
      }
    }
    self.kind = kind
    self.findings = Suppressions(source).applied(to: findings).enumerated().sorted {
      ($0.element.line ?? 0, $0.element.column ?? 0, $0.offset)
        < ($1.element.line ?? 0, $1.element.column ?? 0, $1.offset)
    }.map(\.element)
  }

  private static func language(_ scope: ScopeAnalysis) -> [Finding] {
    scope.environmentUses.map {
      Finding(
        .notInPolicies, SourceRange($0.position, count: 4), "the name '_ENV' is not available in policies",
        "use local variables")
    }
      + scope.closeAttributes.map {
        Finding(
          .notInPolicies, SourceRange($0.position, count: 5), "to-be-closed variables are not available in policies",
          "write `local \($0.name)`")
      }
  }

  private static func hooks(_ table: ReturnedTable?, _ kind: PolicyKind) -> [Finding] {
    guard let table, kind == .policy else { return [] }
    var findings: [Finding] = []
    if table[name: "select"] == nil {
      findings.append(
        Finding(
          .missingHook, SourceRange(table.range.start, count: 1), "the hook 'select' is missing",
          "add select = function(contact, fleet) ... end"))
    }
    for hook in [PolicyVocabulary.Hook.stalled, .failed] {
      guard let field = table[name: hook.name] else { continue }
      findings.append(
        Finding(
          .uncalledHook, SourceRange(field.position, count: hook.name.count),
          "the hook '\(hook.name)' is not called by this version",
          "messages that stall or fail stay on their device; see `usher report devices`"))
    }
    return findings
  }
}
