/// Whether the store's promises hold for every row in it.
package struct IntegrityReport: Equatable, Sendable {
  package struct Check: Equatable, Sendable {
    /// A stable name, in lower case with hyphens.
    package var name: String
    /// What must hold, as a sentence.
    package var promise: String
    package var violations: Int
    /// The first few violations, in words.
    package var examples: [String]

    package init(name: String, promise: String, violations: Int, examples: [String]) {
      self.name = name
      self.promise = promise
      self.violations = violations
      self.examples = examples
    }
  }

  /// In a fixed order, those that hold too.
  package var checks: [Check]

  package init(checks: [Check]) {
    self.checks = checks
  }

  /// How many examples a check gives.
  package static let exampleLimit = 5

  package var isSound: Bool { checks.allSatisfy { $0.violations == 0 } }
}
