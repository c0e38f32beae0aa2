import Routing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct WarningTests {
  private let step = #""steps":[{"delay_s":0,"content":"x"}]"#

  @Test func `I-52: an active sequence whose trigger no lead has gives a warning`() throws {
    let result = try TestStore.acme().importing(
      #"{"type":"sequence","tenant":"acme","id":"vip","trigger":"VIP","status":"active",\#(step)}"#)
    #expect(
      result.warnings == [
        "sequence 'vip' of tenant 'acme': this sequence can match 0 leads because no lead of the tenant"
          + " has the trigger 'VIP'"
      ])
  }

  @Test func `I-49: a trigger that differs in case does not match, and is named`() throws {
    let result = try TestStore.acme().importing(
      #"{"type":"sequence","tenant":"acme","id":"vip","trigger":"new",\#(step)}"#)
    #expect(result.warnings.first?.contains("some have 'NEW', but triggers match exactly") == true)
  }

  @Test func `I-52: an active sequence without a trigger gives a warning`() throws {
    let result = try TestStore.acme().importing(#"{"type":"sequence","tenant":"acme","id":"vip",\#(step)}"#)
    #expect(
      result.warnings == [
        "sequence 'vip' of tenant 'acme': this sequence can match 0 leads because it has no trigger"
      ])
  }

  @Test func `I-52: an active sequence without steps gives a warning`() throws {
    let result = try TestStore.acme().importing(
      #"{"type":"sequence","tenant":"acme","id":"vip","trigger":"NEW"}"#)
    #expect(result.warnings.first?.contains("has no steps") == true)
  }

  @Test func `two active sequences with one trigger give one warning`() throws {
    let result = try TestStore.acme().importing(
      """
      {"type":"sequence","tenant":"acme","id":"other","trigger":"NEW","status":"active",\(step)}
      {"type":"sequence","tenant":"acme","id":"welcome","trigger":"NEW"}
      """)
    #expect(
      result.warnings == [
        "sequence 'other' of tenant 'acme' and sequence 'welcome' share the trigger 'NEW':"
          + " a lead with this trigger is enrolled in both"
      ])
  }

  @Test func `the lead may come after the sequence, and may have been enrolled long ago`() throws {
    let store = try TestStore()
    #expect(try store.importing(TestStore.acmeLines).warnings == [])
    try store.execute("UPDATE lead_triggers SET consumed_at = 1, consumed_reason = 'enrolled'")
    #expect(try store.importing(TestStore.acmeLines).warnings == [])
  }

  @Test func `a draft sequence gives no warning`() throws {
    let result = try TestStore.acme().importing(
      #"{"type":"sequence","tenant":"acme","id":"vip","trigger":"NEW","status":"draft",\#(step)}"#)
    #expect(result.warnings == [])
  }
}
