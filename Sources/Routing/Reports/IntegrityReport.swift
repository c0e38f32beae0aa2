/// Whether the store's promises hold for every row in it.
package struct IntegrityReport: Equatable, Sendable {
  /// One promise, held against every row.
  package struct Check: Equatable, Sendable {
    /// A stable name, in lower case with hyphens.
    package var name: String
    /// What must hold, as a sentence.
    package var promise: String
    /// Rows that break the promise; 0 when it holds.
    package var violations: Int
    /// The first few violations, in words.
    package var examples: [String]

    /// `examples` are at most `exampleLimit` of the violations.
    package init(name: String, promise: String, violations: Int, examples: [String]) {
      self.name = name
      self.promise = promise
      self.violations = violations
      self.examples = examples
    }
  }

  /// In a fixed order, those that hold too.
  package var checks: [Check]

  /// `checks` must name every promise, the kept ones too.
  package init(checks: [Check]) {
    self.checks = checks
  }

  /// How many examples a check gives.
  package static let exampleLimit = 5

  /// Whether no row breaks a promise.
  package var isSound: Bool { checks.allSatisfy { $0.violations == 0 } }
}
