import Testing

/// A policy with one change, like a typing mistake.
struct Mutant: Sendable, CustomTestStringConvertible {
  /// The kind of mistake; the table has a row for each.
  enum Slip: String, CaseIterable, Sendable {
    case operatorSwapped = "an operator swapped"
    case conditionNegated = "a condition negated"
    case conditionFixed = "a condition always true, or never"
    case operandDropped = "one side of `and`, `or` dropped"
    case fieldMisspelt = "a field misspelt"
    case fieldSwapped = "another field of the same kind"
    case variableSwapped = "another variable"
    case returnDropped = "a `return` dropped"
    case statementDropped = "a statement deleted"
    case boundDropped = "an argument, or a bound, removed"
    case constantChanged = "a number or a flag changed"
    case textChanged = "a text changed"
    case verdictSwapped = "another verdict"
    case querySwapped = "another query"
    case argumentsSwapped = "two arguments swapped"
  }

  let policy: String
  let slip: Slip
  let line: Int
  /// The code before and after the change.
  let change: String
  let source: [UInt8]

  var testDescription: String { "\(policy).lua:\(line): \(slip.rawValue): \(change)" }
}
