import Routing
import Wire

extension ReasonCode {
  /// A code on record. Throws for one that this version does not know.
  init(stored text: String) throws(UnreadableRow) {
    guard let code = ReasonCode(rawValue: text) else {
      throw UnreadableRow("code: expected a code of a reason, found '\(text)'")
    }
    self = code
  }

  /// A column that may be NULL, for reports: a code that this version does not know reads as nil.
  static func known(_ text: String?) -> ReasonCode? { text.flatMap(ReasonCode.init(rawValue:)) }
}

extension JSONText {
  /// `[["unknown_field", "a device has no field 'x'"], ...]`.
  package static func text(of caught: [CaughtText]) -> String {
    JSONWriter().string(.array(caught.map { .array([.string($0.code.rawValue), .string($0.text)]) }))
  }

  /// Reads what `text(of:)` wrote.
  package static func caught(_ text: String) throws(UnreadableRow) -> [CaughtText] {
    let failure = UnreadableRow("caught: expected a list of codes with their texts")
    guard let json = try? JSONParser.parse(Array(text.utf8)), case .array(let pairs) = json else { throw failure }
    var found: [CaughtText] = []
    for pair in pairs {
      guard case .array(let values) = pair, values.count == 2, case .string(let code) = values[0],
        case .string(let text) = values[1]
      else { throw failure }
      found.append(CaughtText(try ReasonCode(stored: code), text))
    }
    return found
  }
}
