import Routing

/// Says whether a policy or guard file may decide.
///
/// `PolicyRegistry` calls it for each file that is new or changed. The rules for that (the check, the test cases) are built on
/// this target, so the program passes them in: `StandardAcceptance` of `PolicyTesting`.
package protocol PolicyAcceptance: Sendable {
  /// Returns the compiled file. Throws the first fault found. Runs the file's test cases, so the cost is milliseconds.
  func accept(
    _ entry: PolicyCatalog.Entry, parameters: [Parameter], limits: SandboxLimitsOption, kind: PolicyKind
  ) throws(Fault) -> CompiledPolicy
}

extension PolicyAcceptance {
  /// Accepts a file under the standard limits.
  package func accept(
    _ entry: PolicyCatalog.Entry, parameters: [Parameter], kind: PolicyKind = .policy
  ) throws(Fault) -> CompiledPolicy {
    try accept(entry, parameters: parameters, limits: .standard, kind: kind)
  }
}
