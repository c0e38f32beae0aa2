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
  }

  /// In a fixed order, those that hold too.
  package var checks: [Check]

  /// How many examples a check gives.
  package static let exampleLimit = 5

  package var isSound: Bool { checks.allSatisfy { $0.violations == 0 } }
}
