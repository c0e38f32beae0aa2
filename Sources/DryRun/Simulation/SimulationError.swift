import Routing

/// An invalid option of a simulation.
package struct SimulationError: UsherError {
  package var code: ErrorCode { .invalidInput }
  /// What was expected, and what the store contains.
  package let message: String
  init(_ text: String) { message = text }
}
