/// Whether every row of the store satisfies the store's invariants.
package struct IntegrityReport: Equatable, Sendable {
  /// One invariant, checked for every row.
  package struct Check: Equatable, Sendable {
    /// A stable name, in lower case with hyphens.
    package var name: String
    /// The invariant as a sentence.
    package var promise: String
    /// The number of rows that violate it; 0 if it holds.
    package var violations: Int
    /// A few violations, as text.
    package var examples: [String]

    /// `examples` holds at most `exampleLimit` violations.
    package init(name: String, promise: String, violations: Int, examples: [String]) {
      self.name = name
      self.promise = promise
      self.violations = violations
      self.examples = examples
    }
  }

  /// In a fixed order, including checks without violations.
  package var checks: [Check]

  /// `checks` must contain every invariant, including those that hold.
  package init(checks: [Check]) {
    self.checks = checks
  }

  /// The maximum number of examples per check.
  package static let exampleLimit = 5

  /// Whether there are no violations.
  package var isSound: Bool { checks.allSatisfy { $0.violations == 0 } }
}
