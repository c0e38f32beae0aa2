import Policies
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

  /// An object with a member for each range, sorted by name, in the form of the file: `{"max_wait":[0,86400]}`.
  package static func json(of ranges: ParameterRanges) -> JSONValue {
    .object(JSONObject(ranges.all.map { ($0.name, json(of: $0.range)) }))
  }

  /// `max_wait 0 to 86400; mode 'a', 'b'`; empty without ranges.
  package static func text(of ranges: ParameterRanges) -> String {
    ranges.all.map { "\($0.name) \($0.range.shortText)" }.joined(separator: "; ")
  }

  private static func json(of range: ParameterRange) -> JSONValue {
    switch range {
    case .numbers(let least, let most): .array([json(of: least), json(of: most)])
    case .choices(let choices): .array(choices.map { .string($0) })
    case .timeOfDay: .string("time_of_day")
    case .weekdays: .string("weekdays")
    }
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
