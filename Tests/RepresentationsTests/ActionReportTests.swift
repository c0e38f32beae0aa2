import Operations
import Routing
import RoutingTestKit
import Testing
import Wire

@testable import Representations

/// The output of actions on contacts, holds and stores.
struct ActionReportTests {
  private let at = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  private func hold(_ reason: String = "outage", tenant: TenantID? = nil) -> SendingHold {
    SendingHold(tenant: tenant, reason: reason, actor: "ann", at: at)
  }

  // MARK: - Contacts

  @Test func `a contact is shown with its facts and its events in order`() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme")
    scenario.device("D1")
    scenario.sequence()
    scenario.lead(1, device: "D1")
    let engine = try TestInstance(scenario)
    try engine.decide()
    let report = ContactReport(try engine.contact("welcome/L1"))
    #expect(report.json["contact"] == "welcome/L1")
    #expect(report.json["ended_at"] == .null)
    #expect(report.csv.hasPrefix("at,what,step,device,text,code,decision\n"))
    let table = report.table(columns: nil).plain
    #expect(table.hasPrefix("contact: welcome/L1\nlead: L1\n"))
    #expect(!table.contains("ended at"))
    let rows = report.csv.split(separator: "\n").dropFirst()
    #expect(rows.contains { $0.contains("decision: use") } && rows.contains { $0.contains("message: pending") })
  }

  // MARK: - Holds

  @Test func `a hold is shown with the messages that are already with a gateway`() {
    let outcome = StopOutcome(
      hold: hold(), isNew: true, certainty: .acknowledged(process: 1, withGateway: 1), notices: ["a notice"])
    #expect(
      HoldText.sentences(outcome, reason: "outage", holdFile: "usher.db.hold") == [
        hold().sentence, "a notice", "1 message is with the gateway and cannot be recalled",
      ])
  }

  @Test func `a second hold reports that the first reason stays`() {
    let outcome = StopOutcome(
      hold: hold(), isNew: false, unrecorded: .unwritable("locked"), certainty: .nothingRuns(claimed: 0))
    let sentences = HoldText.sentences(outcome, reason: "another", holdFile: "usher.db.hold")
    #expect(sentences.count == 3)
    #expect(sentences[0] == "already: \(hold().sentence)")
    #expect(sentences[1] == "the existing hold keeps its reason; yours is not recorded")
    #expect(
      sentences[2].hasPrefix("the hold is only in the file usher.db.hold, since the store cannot be written: locked"))
  }

  @Test func `a release reports what ended and what is still in force`() {
    let other = hold("wrong prices", tenant: TenantID("acme")!)
    let outcome = ReleaseOutcome(released: hold(), remaining: [other])
    #expect(
      HoldText.sentences(outcome, tenant: nil) == [
        "released: sending was on hold\(hold().details)", "still in force: \(other.sentence)",
      ])
    #expect(
      HoldText.sentences(ReleaseOutcome(remaining: []), tenant: TenantID("acme")!) == [
        "sending for acme is not on hold: nothing to release"
      ])
  }

  // MARK: - Stores

  @Test func `a pruning is shown as one object, and as one row`() {
    var report = PruneReport()
    (report.archived, report.deleted, report.freeBytesAfter) = (7, 7, 4096)
    let options = PruneOptions(until: at, archive: "old.db", actor: "ann", now: at)
    let shown = PruneStoreReport(report, options, isDryRun: false)
    #expect(shown.json["archived"] == 7 && shown.json["archive"] == "old.db")
    #expect(shown.csv.split(separator: "\n").count == 2)
    #expect(shown.sentence(store: "usher.db").hasPrefix("they are in old.db; freed 4096 bytes inside usher.db"))
    let dry = PruneStoreReport(report, options, isDryRun: true)
    #expect(dry.sentence(store: "usher.db") == "nothing was written; 7 decisions would go to old.db")
    let nothing = PruneStoreReport(PruneReport(), options, isDryRun: true)
    #expect(nothing.json["archive"] == .null)
    #expect(nothing.sentence(store: "usher.db") == "no decisions before 2026-11-22T09:00:00Z to prune")
  }

  @Test func `a copy from before an upgrade is shown with its file and its expiry`() {
    let copy = MigrationCopy(path: "usher.db.before-9", version: 9, bytes: 4096, madeAt: at)
    let report = MigrationCopiesReport([copy])
    #expect(report.json[0]?["file"] == "usher.db.before-9")
    #expect(report.json[0]?["kept_until"] == "2026-12-22T09:00:00Z")
  }

  @Test func `an import has a row for each type in the file`() {
    var result = ImportResult()
    result.counts[.lead] = ImportCounts(created: 2, updated: 1, unchanged: 0)
    #expect(
      ImportReport(result).json
        == .array([.object(["type": "lead", "created": 2, "updated": 1, "unchanged": 0])]))
  }
}
