import Policies
import Routing
import Terminal
import Wire

/// A hold as an object, in the JSON of `usher explain` and `usher top`.
enum HoldReport {
  static func json(_ hold: SendingHold) -> JSONValue {
    .object(
      JSONObject([
        ("tenant", JSONValue(hold.tenant?.text)), ("kind", .string(hold.kind.rawValue)),
        ("reason", .string(hold.reason)), ("code", hold.code.json),
        ("by", .string(hold.actor.name)), ("since", .string(hold.at.rfc3339)),
      ]))
  }
}

/// The holds in force, as lines that are printed below a command's output.
package struct HoldNotice {
  /// The most holds that are printed; the others are only counted.
  private static let most = 10

  private let holds: [SendingHold]

  /// The lines keep the order of the holds.
  package init(_ holds: [SendingHold]) { self.holds = holds }

  /// A sentence for each hold, at most ten, and how many more there are; empty without holds.
  package var lines: [StyledText] {
    let lines = holds.prefix(Self.most).map { StyledText($0.sentence, .warning) }
    let more = holds.count - Self.most
    return more > 0 ? lines + [StyledText("and \(more) more holds", .warning)] : lines
  }
}
