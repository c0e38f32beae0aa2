/// The form of a waitlist in answers, records and exports: `"fleet"`, or an object with these members.
extension Waitlist {
  /// The text that stands for the fleet.
  package static let fleetText = "fleet"

  /// The keys of the object with their values, in their fixed order; nil for the fleet, which is a text.
  package var members: [(key: String, value: String)]? {
    switch self {
    case .fleet: nil
    case .device(let device): [("device", device.text)]
    case .filter(let filter):
      [("tag", filter.tag), ("platform", filter.platform), ("except", filter.except?.text)]
        .compactMap { key, value in value.map { (key, $0) } }
    }
  }

  /// The waitlist with these members: `device` alone, or any of `tag`, `platform` and `except`. Nil for other keys, for
  /// none, and for a value that is not an id.
  package init?(members: [(key: String, value: String)]) {
    var values: [String: String] = [:]
    for (key, value) in members where values.updateValue(value, forKey: key) != nil { return nil }
    if let text = values["device"] {
      guard values.count == 1, let device = DeviceID(text) else { return nil }
      self = .device(device)
      return
    }
    guard !values.isEmpty, Set(values.keys).isSubset(of: ["tag", "platform", "except"]) else { return nil }
    var filter = DeviceFilter(tag: values["tag"], platform: values["platform"])
    if let text = values["except"] {
      guard let device = DeviceID(text) else { return nil }
      filter.except = device
    }
    self = .filter(filter)
  }

  /// The waitlist in a sentence: `the fleet`, `D1`, `devices with the tag 'vip'`. `name` gives a device's name.
  package func text(_ name: (DeviceID) -> String = { $0.text }) -> String {
    switch self {
    case .fleet: return "the fleet"
    case .device(let device): return name(device)
    case .filter(let filter):
      var words = filter.tag == nil && filter.platform == nil ? "all devices" : "devices"
      if let tag = filter.tag { words += " with the tag '\(tag)'" }
      if let platform = filter.platform { words += " on '\(platform)'" }
      if let except = filter.except { words += " except \(name(except))" }
      return words
    }
  }
}
