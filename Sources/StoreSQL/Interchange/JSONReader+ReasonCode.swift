import Routing
import Wire

extension JSONReader {
  /// The code of the reason that stands before it; null for a reason that a script, a person or a gateway wrote.
  mutating func reasonCode(_ key: String) throws(FieldError) -> Patch<String> {
    try named(key) { (reader, key) throws(FieldError) in
      try reader.oneOf(key, ReasonCode.allCases.map(\.rawValue))
    }
  }
}
