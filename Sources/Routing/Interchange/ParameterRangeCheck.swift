/// Checks the parameters that an import sets against the ranges in the files of policies and guards, which this target
/// does not know.
package protocol ParameterRangeCheck: Sendable {
  /// The first parameter outside the range of one of these policies, in the order of `names`; nil if all fit. A policy
  /// that cannot be found or used has no ranges.
  func problem(in parameters: [Parameter], ofPolicies names: [String]) -> ParameterRangeProblem?
  /// The same for one guard.
  func problem(in parameters: [Parameter], ofGuard name: String) -> ParameterRangeProblem?
}

/// A parameter whose value is outside its range.
package struct ParameterRangeProblem: Equatable, Sendable {
  /// The parameter.
  package let name: String
  /// The range in words, such as `a number from 0 to 86400`.
  package let expected: String
  /// The value as messages show it, with the file that declares the range.
  package let found: String
  /// What to do.
  package let hint: String

  /// Takes the texts as they are.
  package init(name: String, expected: String, found: String, hint: String) {
    (self.name, self.expected, self.found, self.hint) = (name, expected, found, hint)
  }
}
