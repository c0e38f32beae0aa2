import Routing
import Testing
import Wire

@testable import StoreSQL
@testable import StoreSQLite

/// Priorities and the bulk share in imports and exports.
struct PriorityImportTests {
  private static let sequence = #"{"type":"sequence","tenant":"acme","id":"welcome","steps":"#

  private func priorities(_ store: TestStore) throws -> String? {
    try store.value("SELECT group_concat(priority, ' ') FROM (SELECT priority FROM sequence_steps ORDER BY ordinal)")
  }

  @Test func `steps are normal by default, and a line without a priority keeps it`() throws {
    let store = try TestStore.acme()
    #expect(try priorities(store) == "1 1")
    let result = try store.importing(
      Self.sequence
        + #"[{"delay_s":0,"content":"Hi","priority":"urgent"},{"delay_s":60,"content":"Still there?","priority":"bulk"}]}"#
    )
    #expect(result[.sequence] == ImportCounts(updated: 1))
    #expect(try priorities(store) == "0 2")
    #expect(try store.exported().contains(#""content":"Hi","priority":"urgent"}"#))
    try store.importing(Self.sequence + #"[{"delay_s":0,"content":"Hi"},{"delay_s":60,"content":"Still there?"}]}"#)
    #expect(try priorities(store) == "0 2")
    try store.importing(
      Self.sequence + #"[{"delay_s":0,"content":"Hi","priority":null},{"delay_s":60,"content":"Still there?"}]}"#)
    #expect(try priorities(store) == "1 2")
  }

  @Test func `contacts that wait at a step take its new priority`() throws {
    let store = try TestStore.acme()
    try store.importing(
      Self.sequence + #"[{"delay_s":0,"content":"Hi","priority":"bulk"},{"delay_s":60,"content":"Still there?"}]}"#)
    try store.importing(
      #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1","step":1,"status":"waiting","reason":"full"}"#
    )
    #expect(try store.value("SELECT priority FROM sequence_contacts") == 2)
    try store.importing(
      Self.sequence + #"[{"delay_s":0,"content":"Hi","priority":"urgent"},{"delay_s":60,"content":"Still there?"}]}"#)
    #expect(try store.value("SELECT priority FROM sequence_contacts") == 0)
  }

  @Test func `a tenant's bulk share is 80 by default, changes with a line, and null resets it`() throws {
    let store = try TestStore.acme()
    #expect(try store.exported().contains(#""bulk_share":80,"#))
    try store.importing(#"{"type":"tenant","id":"acme","bulk_share":0}"#)
    #expect(try store.value("SELECT bulk_share FROM tenants") == 0)
    try store.importing(#"{"type":"tenant","id":"acme","name":"Acme"}"#)
    #expect(try store.exported().contains(#""bulk_share":0,"#))
    try store.importing(#"{"type":"tenant","id":"acme","bulk_share":null}"#)
    #expect(try store.value("SELECT bulk_share FROM tenants") == 80)
  }

  @Test(arguments: [
    (#"{"type":"tenant","id":"acme","bulk_share":101}"#, "bulk_share", "0 to 100"),
    (#"{"type":"tenant","id":"acme","bulk_share":-1}"#, "bulk_share", "0 to 100"),
    (
      sequence + #"[{"delay_s":0,"content":"Hi","priority":"urgnt"}]}"#, "steps[0].priority",
      "one of 'urgent', 'normal', 'bulk'"
    ),
    (sequence + #"[{"delay_s":0,"content":"Hi","priority":1}]}"#, "steps[0].priority", "text"),
  ])
  func `other values are refused`(line: String, field: String, expected: String) throws {
    let problem = try TestStore.acme().problem(line)
    #expect(problem.field == field)
    #expect(problem.text.contains(expected), "\(problem.text)")
  }

  @Test func `bulk steps of a tenant whose share is 0 give a warning`() throws {
    let store = try TestStore.acme()
    let line =
      Self.sequence + #"[{"delay_s":0,"content":"Hi","priority":"bulk"},{"delay_s":60,"content":"Still there?"}]}"#
    #expect(try store.importing(line).warnings.isEmpty)
    try store.importing(#"{"type":"tenant","id":"acme","bulk_share":0}"#)
    #expect(
      try store.importing(line).warnings == [
        "sequence 'welcome' of tenant 'acme' has bulk steps, and the tenant's 'bulk_share' is 0: devices with limits "
          + "take no bulk messages"
      ])
  }
}
