import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// Files of version 0.1.0: names that have changed since are accepted, each with one note.
struct FormerKeyImportTests {
  @Test func `limits.in_flight is limits.queue, with a note that names the key and the first line`() throws {
    let store = try TestStore.acme()
    let result = try store.importing(
      """
      {"type":"device","tenant":"acme","id":"D1","name":"One"}
      {"type":"device","tenant":"acme","id":"D1","limits":{"in_flight":5}}
      {"type":"device","tenant":"acme","id":"D2","limits":{"in_flight":null}}
      """)
    #expect(result.notes == ["line 2 and 1 more: 'limits.in_flight' is now called 'limits.queue'"])
    #expect(try store.value("SELECT limit_queue FROM user_devices WHERE external_id = 'D1'") == 5)
    #expect(try store.exported().contains(#""queue":5"#) && !store.exported().contains("in_flight"))
    #expect(try store.importing(store.exported()).notes.isEmpty)
  }

  @Test func `both keys with different values are refused`() throws {
    let store = try TestStore.acme()
    let line = #"{"type":"device","tenant":"acme","id":"D1","limits":{"in_flight":5,"queue":6}}"#
    let problem = try store.problem(line)
    #expect(problem.line == 1 && problem.field == "limits.in_flight", "\(problem)")
    let bad = try store.problem(line.replacing(#","queue":6"#, with: "").replacing("5", with: #""x""#))
    #expect(bad.field == "limits.in_flight", "\(bad)")
  }

  @Test func `a line that is skipped leaves no note to the next one`() throws {
    let bad =
      #"{"type":"policy_change","tenant":"acme","generation":1,"at":"2026-11-22T08:20:00Z","actor":"usher","#
      + #""action":"rollback","evidence":{"guard":"faults","bound":"+1%"},"nope":1}"#
    let result = try TestStore.acme().importing(
      "\(bad)\n" + #"{"type":"device","tenant":"acme","id":"D1","name":"One"}"#, skipBad: true)
    #expect(result.badLineCount == 1 && result.notes.isEmpty, "\(result.notes)")
  }

  @Test func `a CSV column of that name is accepted, and the other one named`() throws {
    let store = try TestStore.acme()
    let text = "tenant,id,limit_in_flight\nacme,D1,5\n"
    #expect(
      try store.importing(text, as: .csv(.device)).notes == ["line 2: 'limit_in_flight' is now called 'limit_queue'"])
    #expect(try store.value("SELECT limit_queue FROM user_devices WHERE external_id = 'D1'") == 5)
    let problem = try store.problem("tenant,id,limit_queue,limit_in_flight\nacme,D1,5,6\n", as: .csv(.device))
    #expect(problem.line == 2 && problem.field == "limit_in_flight", "\(problem)")
    #expect(
      problem.message
        == "line 2, limit_in_flight: expected the value of 'limit_queue', the number 5, found the number 6; "
        + "'limit_in_flight' is the old name of 'limit_queue'; leave it out")
    let same = "tenant,id,limit_queue,limit_in_flight\nacme,D1,6,6\nacme,D2,,7\n"
    #expect(try store.importing(same, as: .csv(.device)).notes.count == 1)
    #expect(try store.value("SELECT limit_queue FROM user_devices WHERE external_id = 'D2'") == 7)
    let unknown = try store.problem("tenant,id,limit_inflight\nacme,D1,5\n", as: .csv(.device))
    #expect(!unknown.message.contains("limit_in_flight"), "\(unknown)")
  }

  @Test func `a canary's guards are its rollback limits, and both names are the same history`() throws {
    let old = """
      \(HistoryLines.revision)
      {"type":"policy_activation","tenant":"acme","generation":1,"position":1,"revision":"\(HistoryLines.digest)","at":"2026-11-22T08:00:00Z"}
      {"type":"policy_change","tenant":"acme","generation":2,"at":"2026-11-22T08:10:00Z","actor":"ann","action":"canary","params":{},"canary_share":100000,"canary_since":2,"canary_params":{},"canary_guards":{"faults":"+1%","least":50}}
      {"type":"policy_change","tenant":"acme","generation":3,"at":"2026-11-22T08:20:00Z","actor":"usher","action":"rollback","evidence":{"guard":"faults","bound":"+1%"}}
      """
    let store = try TestStore.acme()
    let result = try store.importing(old)
    #expect(
      result.notes == [
        "line 3: 'canary_guards' is now called 'canary_rollback_limits'",
        "line 4: 'evidence.guard' is now called 'evidence.rollback_limit'",
      ])
    let exported = try store.exported()
    #expect(exported.contains(#""canary_rollback_limits":{"faults":"+1%","least":50}"#))
    #expect(exported.contains(#""evidence":{"rollback_limit":"faults","bound":"+1%"}"#))
    #expect(try !store.importing(old).hasChanged, "the same history")
    let other = try TestStore.acme()
    #expect(try other.importing(exported).notes.isEmpty)
    #expect(try other.exported() == exported)
  }

  private func canary(_ limits: String) -> String {
    """
    \(HistoryLines.revision)
    {"type":"policy_activation","tenant":"acme","generation":1,"position":1,"revision":"\(HistoryLines.digest)","at":"2026-11-22T08:00:00Z"}
    {"type":"policy_change","tenant":"acme","generation":2,"at":"2026-11-22T08:10:00Z","actor":"ann","action":"canary","params":{},"canary_share":100000,"canary_since":2,"canary_params":{},\(limits)}
    """
  }

  @Test func `both names of a canary's limits are compared without the order of the limits`() throws {
    let store = try TestStore.acme()
    let problem = try store.problem(
      canary(#""canary_guards":{"faults":"2%"},"canary_rollback_limits":{"faults":"+1%","least":50}"#))
    #expect(problem.line == 3 && problem.field == "canary_guards", "\(problem)")
    #expect(
      problem.message
        == #"line 3, canary_guards: expected the value of 'canary_rollback_limits', an object {"faults":"+1%","least":50}, "#
        + #"found an object {"faults":"2%"}; 'canary_guards' is the old name of 'canary_rollback_limits'; leave it out"#
    )
    let other = canary(
      #""canary_guards":{"least":50,"faults":"+1%"},"canary_rollback_limits":{"faults":"+1%","least":50}"#)
    #expect(try store.importing(other).notes.count == 1)
  }

  @Test(arguments: [
    (#"{"fault":"2%"}"#, "fault", "the nearest is 'faults'"),
    (#"{"nope":"2%"}"#, "nope", "the known keys are 'faults', 'waiting', 'moved', 'failed', 'least'"),
    (#"{"faults":"2"}"#, "", ""), (#"{"moved":"101%"}"#, "moved", "expected 1%, +1% or off"),
    (#"{"faults":2}"#, "faults", "expected a text"), (#"{"least":0}"#, "least", "1 to 1000000"),
  ])
  func `a limit that a canary cannot have is refused`(limits: String, name: String, part: String) throws {
    for key in ["canary_guards", "canary_rollback_limits"] {
      let store = try TestStore.acme()
      guard !name.isEmpty else {
        #expect(try store.importing(canary("\"\(key)\":\(limits)")).hasChanged)
        continue
      }
      let problem = try store.problem(canary("\"\(key)\":\(limits)"))
      #expect(problem.line == 3 && problem.field == "\(key).\(name)", "\(problem)")
      #expect(problem.message.contains(part), "\(problem)")
    }
  }
}
