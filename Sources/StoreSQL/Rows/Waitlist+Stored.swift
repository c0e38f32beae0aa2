import Routing
import Wire

extension JSONText {
  /// The column `waitlist`: `"fleet"`, `{"device":"D1"}`, `{"tag":"vip"}`.
  package static func text(of waitlist: Waitlist) -> String {
    guard let members = waitlist.members else { return JSONWriter().string(.string(Waitlist.fleetText)) }
    return JSONWriter().string(.object(JSONObject(members.map { ($0.key, .string($0.value)) })))
  }

  /// Reads what `text(of:)` wrote.
  package static func waitlist(_ text: String) throws(UnreadableRow) -> Waitlist {
    guard let json = try? JSONParser.parse(Array(text.utf8)), let waitlist = Waitlist(json) else {
      throw UnreadableRow("waitlist: expected \(Waitlist.expectation)")
    }
    return waitlist
  }
}

extension Waitlist {
  /// The forms that imports and records accept, for their errors.
  static let expectation = #""fleet", {"device":ID} or an object with "tag", "platform" and "except""#

  /// Nil for JSON that is not a waitlist.
  init?(_ json: JSONValue) {
    switch json {
    case .string(Waitlist.fleetText): self = .fleet
    case .object(let object):
      var members: [(key: String, value: String)] = []
      for (key, value) in object.members {
        guard case .string(let text) = value else { return nil }
        members.append((key, text))
      }
      self.init(members: members)
    default: return nil
    }
  }
}
