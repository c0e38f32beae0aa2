import Routing
import Wire

extension Waitlist {
  /// The value of the key `waitlist`: `"fleet"`, `{"device":"D1"}`, `{"tag":"vip"}`.
  package var json: JSONValue {
    guard let members else { return .string(Waitlist.fleetText) }
    return .object(JSONObject(members.map { ($0.key, .string($0.value)) }))
  }
}

extension Waitlist? {
  /// As for a waitlist; null without one.
  package var json: JSONValue { map(\.json) ?? .null }
}
