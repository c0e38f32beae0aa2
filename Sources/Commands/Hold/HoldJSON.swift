import Representations
import Routing
import Wire

/// A hold for programs.
enum HoldJSON {
  static func value(_ hold: SendingHold) -> JSONValue {
    .object(
      JSONObject([
        ("tenant", JSONValue(hold.tenant?.text)), ("kind", .string(hold.kind.rawValue)),
        ("reason", .string(hold.reason)), ("by", .string(hold.actor.name)), ("since", .string(hold.at.rfc3339)),
      ]))
  }
}
