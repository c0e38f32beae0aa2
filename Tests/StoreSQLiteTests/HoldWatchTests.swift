import Foundation
import GRDB
import Routing
import RoutingTestKit
import Synchronization
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// Messages that pass while holds move from the hold file to the store; the test controls the file.
struct HoldWatchTests {
  private final class Stated: Sendable {
    private let box = Mutex<[SendingHold]>([])
    var holds: [SendingHold] {
      get { box.withLock { $0 } }
      set { box.withLock { $0 = newValue } }
    }
  }

  private let folder: TestFolder
  private let store: SQLiteStore
  private let stated = Stated()
  private let watch: HoldWatch
  private let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  init() throws {
    folder = TestFolder()
    let path = folder.file("usher.db")
    store = try SQLiteStore.create(at: path)
    try store.writing { db in
      for id in ["acme", "globex"] {
        try db.change(
          "INSERT INTO tenants (external_id, name, policies, created_at) VALUES (?1, 'x', '[\"assigned\"]', 0)", [id])
      }
    }
    _ = try StoreLock.acquire(path: path)
    watch = try HoldWatch(
      store, heartbeat: try Heartbeat(path: path, every: nil), interval: nil, stated: { [stated] in stated.holds })
  }

  private func hold(_ tenant: String?, at seconds: Int64 = 0) -> SendingHold {
    SendingHold(
      tenant: tenant.flatMap { TenantID($0) }, reason: "outage", actor: "ann", at: now.advanced(bySeconds: seconds))
  }

  private func admit(_ tenant: String) -> SendingHold? {
    let message = Message(
      key: MessageKey(tenant == "acme" ? 1 : 2), tenant: TenantID(tenant)!, device: DeviceID("D1")!,
      deviceKey: DeviceKey(1), gateway: "log", recipient: PhoneNumber("+4930123456")!, content: "hi",
      sequence: "welcome", step: 1, contact: ContactID("welcome/L1")!, idempotencyKey: "1")
    defer { watch.finished(message) }
    return watch.admit(message)
  }

  @Test func `no message passes when a hold leaves the file after it became a row`() throws {
    stated.holds = [hold("acme")]
    #expect(admit("acme") != nil)
    _ = try store.startHold(hold("acme"))
    stated.holds = []
    #expect(admit("acme") != nil)
    #expect(admit("globex") == nil)
  }

  @Test(arguments: [nil, "globex"])
  func `no message passes when a hold leaves a file that keeps another one`(other: String?) throws {
    stated.holds = [hold("acme"), hold(other)]
    #expect(admit("acme") != nil)
    _ = try store.startHold(hold("acme"))
    stated.holds = [hold("globex", at: 1)]
    #expect(admit("acme") != nil)
    #expect(admit("globex") != nil)
  }

  @Test func `no message passes when a tenant's hold replaces the store's hold in the file`() throws {
    stated.holds = [hold(nil)]
    #expect(admit("globex") != nil)
    _ = try store.startHold(hold(nil))
    stated.holds = [hold("acme")]
    #expect(admit("globex") != nil)
  }

  @Test func `while the rows cannot be read a hold that left the file stays in force`() throws {
    stated.holds = [hold("acme")]
    #expect(admit("acme") != nil)
    try store.writing { db in _ = try db.change("ALTER TABLE holds RENAME TO away") }
    for next in [[], [hold("globex")], []] {
      stated.holds = next
      #expect(admit("acme") != nil)
    }
    #expect(admit("globex") != nil, "it left the file unread, too")
    try store.writing { db in _ = try db.change("ALTER TABLE away RENAME TO holds") }
    #expect(admit("acme") == nil)
    #expect(admit("globex") == nil)
  }

  @Test func `a hold file that cannot be cleaned up is reported once, and stops only its own scopes`() throws {
    #expect(try store.holdFile.add(hold("acme")).notice == nil)
    _ = try store.holdFile.add(hold("nobody"))
    stated.holds = store.holdFile.holds()
    // Blocks the path of the file that would replace the old one.
    let part = "\(store.holdFile.path).\(getpid()).part"
    try FileManager.default.createDirectory(atPath: part, withIntermediateDirectories: false)
    for expected in [1, 0] {
      #expect(try watch.refresh().map(\.tenant?.text) == ["acme", "nobody"])
      let notices = watch.takeNotices()
      #expect(notices.count == expected)
      #expect(notices.allSatisfy { $0.contains(store.holdFile.path) && $0.contains("cannot be changed") }, "\(notices)")
    }
    #expect(admit("globex") == nil)
    try FileManager.default.removeItem(atPath: part)
    _ = try watch.refresh()
    #expect(store.holdFile.holds() == [hold("nobody")])
    #expect(watch.takeNotices().isEmpty)
  }

  @Test func `a hold added to the file while its row was read stays there`() throws {
    _ = try store.startHold(hold("acme"))
    stated.holds = [hold("acme")]
    // The file's holds by the time it is cleaned up.
    _ = try store.holdFile.add(hold("acme", at: 60))
    _ = try watch.refresh()
    #expect(store.holdFile.holds() == [hold("acme", at: 60)])
  }

  @Test func `a released hold left in the file is cleaned up, and does not begin again`() throws {
    _ = try store.startHold(hold("acme"))
    _ = try store.releaseHold(of: TenantID("acme"), reason: "over", actor: "ann", at: now)
    _ = try store.holdFile.add(hold("acme"))
    stated.holds = store.holdFile.holds()
    _ = try watch.refresh()
    #expect(!store.holdFile.isThere)
    stated.holds = []
    #expect(try watch.refresh().isEmpty)
    #expect(admit("acme") == nil)
  }
}
