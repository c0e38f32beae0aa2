import Routing

/// Determines whether a policy or guard file may be used.
///
/// `PolicyRegistry` calls it for each new or changed file. Its rules (the check, the test cases) are implemented in a target
/// that depends on this one, so the program passes them in: `StandardAcceptance` of `PolicyTesting`.
package protocol PolicyAcceptance: Sendable {
  /// Returns the compiled file. Throws the first fault found. Runs the file's test cases, which takes milliseconds.
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
