import Policies
import PolicyLint
import Routing

/// The acceptance rules used by all commands and the daemon: a file must pass the check without an error, compile, and
/// pass the test cases next to it.
package struct StandardAcceptance: PolicyAcceptance {
  /// Has no state.
  package init() {}

  /// Checks, compiles and runs the cases, in this order. Warnings of the check do not count.
  package func accept(
    _ entry: PolicyCatalog.Entry, parameters: [Parameter], limits: SandboxLimitsOption, kind: PolicyKind
  ) throws(Fault) -> CompiledPolicy {
    let check = PolicyCheck(file: entry.name, source: entry.source, parameters: parameters)
    if let finding = check.findings.first(where: { $0.severity == .error }) {
      if finding.rule == .doesNotLoad { try expectParametersInRange(entry, parameters, limits, kind) }
      throw Fault(.syntax, finding.message, line: finding.line, code: .checkFailed)
    }
    let policy = try CompiledPolicy(
      file: entry.name, source: entry.source, parameters: parameters, limits: limits.sandbox, kind: kind)
    guard let source = entry.cases else { return policy }
    let cases: PolicyCases
    do throws(PolicyCases.Failure) {
      cases = try PolicyCases(file: "\(entry.name)_test", source: source)
    } catch {
      throw Fault(.syntax, "its cases cannot be read: \(error.message)", line: error.line, code: .casesUnreadable)
    }
    for result in try cases.run(policy: entry.name, source: entry.source) where !result.holds {
      throw Fault(
        .runtime, "its case '\(result.name)' fails: \(result.differences.joined(separator: "; "))",
        code: .caseFailed)
    }
    return policy
  }

  /// Throws the fault of a parameter outside its range. The file itself is fine then, so its code is not that of a check.
  private func expectParametersInRange(
    _ entry: PolicyCatalog.Entry, _ parameters: [Parameter], _ limits: SandboxLimitsOption, _ kind: PolicyKind
  ) throws(Fault) {
    do throws(Fault) {
      _ = try CompiledPolicy(
        file: entry.name, source: entry.source, parameters: parameters, limits: limits.sandbox, kind: kind)
    } catch { if error.code == .parameterOutOfRange { throw error } }
  }
}
