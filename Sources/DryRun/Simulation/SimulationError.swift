import Routing

/// What is wrong with what a simulation was asked for.
package struct SimulationError: Error, CustomStringConvertible {
  package let description: String
  init(_ text: String) { description = text }
}
