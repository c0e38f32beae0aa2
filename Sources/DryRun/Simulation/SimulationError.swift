import Routing

/// What is wrong with what a simulation was asked for.
package struct SimulationError: UsherError {
  package var code: ErrorCode { .invalidInput }
  package let message: String
  init(_ text: String) { message = text }
}
