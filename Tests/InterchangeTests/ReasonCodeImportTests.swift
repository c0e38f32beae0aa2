import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// Codes of reasons in the lines of imports and exports.
struct ReasonCodeImportTests {
  private let enrolment = #"{"type":"enrolment","tenant":"acme","sequence":"welcome","lead":"L1""#

  /// A store with an enrolment, and the revision of its decisions.
  private func enrolled() throws -> TestStore {
    let store = try TestStore.acme()
    try store.importing("\(enrolment)}\n\(HistoryLines.revision)")
    return store
  }

  private func decision(_ more: String) -> String {
    HistoryLines.decision(1, step: 1, device: "D1").dropLast() + ",\(more)}"
  }

  @Test func `a caught text has words`() throws {
    let store = try enrolled()
    let problem = try store.problem(decision(#""caught":[{"code":"unknown_field","text":""}]"#))
    #expect(problem.field == "caught[0].text")
    #expect(problem.text.contains("at least one byte"))
    try store.importing(decision(#""caught":[{"code":"unknown_field","text":"x"}]"#))
  }
}
