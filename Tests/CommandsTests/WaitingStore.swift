import Testing
import Wire

extension TestStore {
  /// Contacts of two tenants that were enrolled at nine and wait; another policy would queue them.
  static func waiting() throws -> TestStore {
    let store = try TestStore()
    try store.folder.write(hold("not yet"), to: "Rules/hold.lua")
    var lines: [JSONValue] = []
    for tenant in ["acme", "globex"] {
      lines += [.tenant(tenant, policy: "hold"), .sequence(of: tenant, delays: [0, 60])]
      lines += (1...6).map {
        .device("D\($0)", of: tenant, status: $0 == 3 ? "offline" : "online", hour: $0 * 7)
      }
      lines += (0..<150).map { .lead($0, of: tenant, device: $0 % 10 == 9 ? nil : "D\($0 % 6 + 1)") }
    }
    try store.add(lines)
    try store.usher("tick", "--no-send", "--now", Moment.nine)
    return store
  }

  /// A policy that makes every contact wait a second.
  static func hold(_ reason: String) -> String {
    "return { select = function(contact, fleet) return wait('\(reason)', 1) end }"
  }
}
