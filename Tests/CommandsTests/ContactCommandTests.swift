import RoutingTestKit
import Testing
import Wire

/// What `usher contact` commands and `usher explain` say about one contact.
struct ContactCommandTests {
  @Test func `the priority of a queued message is shown where it differs from its step's`() throws {
    let store = try TestStore([.tenant(), .device("D1"), .sequence(), .lead(1, device: "D1")])
    try store.usher("tick", "--now", Moment.nine, "--no-send")
    let show = { (format: String) in
      try store.usher("contact", "show", "welcome/L1", "--tenant", "acme", "--format", format)
    }
    #expect(try show("json").json()["message_priority"] == "normal")
    #expect(try !show("table").text.contains("message priority"))
    try store.usher("contact", "prioritise", "welcome/L1", "--tenant", "acme", "--priority", "urgent")
    let shown = try show("json").json()
    #expect(shown["priority"] == "normal" && shown["message_priority"] == "urgent")
    #expect(try show("table").text.contains("priority: normal\nmessage priority: urgent\n"))
    let explained = try store.usher("explain", "welcome/L1", "--at", Moment.ten)
    #expect(explained.text.contains("first in the queue. The message is urgent; its step is normal."))
    let json = try store.usher("explain", "welcome/L1", "--at", Moment.ten, "--format", "json").json()
    #expect(json["contact"]["priority"] == "normal" && json["contact"]["message_priority"] == "urgent")
  }

  @Test func `a waiting contact is not prioritised, and the refusal names the command that serves it`() throws {
    let store = try waiting()
    let refused = try store.usher(
      "contact", "prioritise", "welcome/L1", "--tenant", "acme", "--priority", "urgent", expecting: 1)
    #expect(
      refused.stderr.contains("found none (the contact is waiting): only a queued message has a place in a queue;"))
    #expect(refused.stderr.contains("`usher contact wake` has a waiting contact decided in the next cycle"))
  }

  @Test func `waking nobody is said in a sentence, on standard error`() throws {
    let store = try waiting()
    let wake = { (filter: String) in
      try store.usher(
        "contact", "wake", "--where", filter, "--tenant", "acme", "--reason", "open", "--format", "json")
    }
    let nobody = try wake(#"waitlist={"tag":"vip"}"#)
    #expect(try nobody.json() == [])
    #expect(
      nobody.stderr.contains("no contact was woken: the filter matches no waiting contact that is not due already"))
    let one = try wake("waitlist=fleet")
    #expect(try one.json()[0]["woken"] == 1 && one.stderr.isEmpty)
    let again = try store.usher("contact", "wake", "welcome/L1", "--tenant", "acme")
    #expect(again.stderr.contains("no contact was woken: they are due already"))
  }

  /// A store whose only contact waits for the fleet, which is offline.
  private func waiting() throws -> TestStore {
    let store = try TestStore([
      .tenant(), .device("D1", status: "offline"), .sequence(), .lead(1, device: "D1"),
    ])
    try store.usher("tick", "--no-send")
    return store
  }
}
