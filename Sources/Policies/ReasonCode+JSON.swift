import Routing
import Wire

extension ReasonCode? {
  /// The value of the key `code`: null where a script, an operator or a gateway wrote the reason.
  package var json: JSONValue { map { .string($0.rawValue) } ?? .null }
}
