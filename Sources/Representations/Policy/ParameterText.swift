import Routing
import Wire

/// The values of parameters, as text and as JSON.
package enum ParameterText {
  /// `name = value`, with texts in quotation marks.
  package static func text(of parameter: Parameter) -> String { "\(parameter.name) = \(text(of: parameter.value))" }

  /// `300`, `true`, `'text'`.
  package static func text(of value: Scalar) -> String {
    switch value {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .text(let value): "'\(value)'"
    }
  }

  /// An object with a member for each parameter, in their order.
  package static func json(of parameters: [Parameter]) -> JSONValue {
    .object(JSONObject(parameters.map { ($0.name, json(of: $0.value)) }))
  }

  private static func json(of value: Scalar) -> JSONValue {
    switch value {
    case .boolean(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let value): .string(value)
    }
  }
}
