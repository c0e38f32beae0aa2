import Routing
import Wire

extension JSONReader {
  /// The code of the reason that stands before it; null for a reason that a script, a person or a gateway wrote.
  mutating func reasonCode(_ key: String) throws(FieldError) -> Patch<String> {
    try named(key) { (reader, key) throws(FieldError) in try reader.givenCode(key).rawValue }
  }

  /// A code that must be there. The error about an unknown one names the nearest: there are too many to list.
  mutating func givenCode(_ key: String) throws(FieldError) -> ReasonCode {
    let word = try string(key)
    guard let code = ReasonCode(rawValue: word) else {
      throw failure(
        key, expected: "the code of a reason, such as 'no_opinion'",
        hint: EditDistance.hint(to: word, among: ReasonCode.allCases.map(\.rawValue)))
    }
    return code
  }
}
