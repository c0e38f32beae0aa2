import Routing
import Wire

extension DeviceFilter {
  /// The parts that are set, in the order tag, platform, except. Equal filters have equal texts, so the text of this object
  /// identifies a waitlist.
  package var stored: JSONObject {
    var object = JSONObject()
    if let tag { object["tag"] = .string(tag) }
    if let platform { object["platform"] = .string(platform) }
    if let except { object["except"] = .string(except.text) }
    return object
  }

  /// The canonical text in `waitlists.filter`.
  package var storedText: String { JSONWriter().string(.object(stored)) }

  /// Nil for a text that no version wrote.
  package init?(stored text: String) {
    guard case .object(let object)? = FaithfulJSON.value(of: text) else { return nil }
    self.init()
    for (key, value) in object.members {
      guard case .string(let value) = value else { return nil }
      switch key {
      case "tag": tag = value
      case "platform": platform = value
      case "except": except = DeviceID(stored: value)
      default: return nil
      }
    }
  }
}
