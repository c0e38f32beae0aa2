import Routing

/// What is wrong with what a simulation was asked for.
package struct SimulationError: UsherError {
  package var code: ErrorCode { .invalidInput }
  /// What was expected, and what the store has.
  package let message: String
  init(_ text: String) { message = text }
}
