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

  @Test(arguments: [
    #""code":"no_opinion""#, #""code":null"#, #""status":"scheduled","code":"no_opinion""#,
    #""status":"scheduled","reason":null,"code":"no_opinion""#, #""reason":null,"code":"no_opinion""#,
  ])
  func `a code is stated only with its reason`(fields: String) throws {
    let store = try TestStore.acme()
    try store.importing(enrolment + #","status":"waiting","reason":"words of a script"}"#)
    let before = try store.rows()
    let problem = try store.problem("\(enrolment),\(fields)}")
    #expect(problem.field == "code")
    #expect(problem.text.contains("only in a line with its 'reason'"))
    #expect(try store.rows() == before)
  }

  @Test func `a reason keeps its code until another reason replaces it`() throws {
    let store = try TestStore.acme()
    let code = "SELECT ifnull(code, '-') FROM sequence_contacts"
    let waiting = enrolment + #","status":"waiting","reason":"no policy decided""#
    try store.importing(waiting + #","code":"no_opinion"}"#)
    try store.importing(waiting + "}")
    #expect(try store.value(code) == "no_opinion")
    try store.importing(enrolment + #","reason":"words of a script"}"#)
    #expect(try store.value(code) == "-")
    try store.importing(waiting + #","code":"no_opinion"}"#)
    try store.importing(enrolment + #","status":"scheduled"}"#)
    #expect(try store.value(code) == "-")
  }

  @Test(arguments: [
    (#""code":"no_opinon""#, "code"), (#""caught":[{"code":"no_opinon","text":"x"}]"#, "caught[0].code"),
  ])
  func `of an unknown code the error names the nearest alone`(fields: String, field: String) throws {
    let problem = try enrolled().problem(decision(fields))
    #expect(problem.field == field)
    #expect(problem.text.contains("the nearest is 'no_opinion'"))
    #expect(problem.text.utf8.count < 150, "\(problem)")
  }

  @Test func `an export states the code of each reason, and null where Usher did not write it`() throws {
    let store = try enrolled()
    let wait = HistoryLines.decision(2, step: 1, device: "D1")
      .replacing(#""outcome":"use","device":"D1""#, with: #""outcome":"wait","until":"2026-11-22T09:05:00Z""#)
    let narrowed = #""narrowed":{"outcome":"use","device":"D2","reason":"w","revision":"\#(HistoryLines.digest)"}"#
    try store.importing(
      """
      {"type":"policy_refusal","tenant":"acme","policy":"p","refusal":"r","at":"2026-11-22T08:00:00Z"}
      \(HistoryLines.decision(1, step: 1, device: "D1"))
      \(wait.dropLast()),"code":"no_opinion",\(narrowed)}
      """)
    let text = try store.exported()
    for part in [
      #""status":"scheduled","reason":null,"code":null,"#, #""refusal":"r","code":null,"#,
      #""device":"D1","reason":"owner","code":null,"#, #""outcome":"wait","reason":"owner","code":"no_opinion","#,
      #""device":"D2","reason":"w","code":null,"#,
    ] {
      #expect(text.contains(part), "\(part)")
    }
    // Earlier versions did not write `code` without a value.
    let copy = try TestStore()
    try copy.importing(text.replacing(#","code":null"#, with: ""))
    #expect(try copy.exported() == text)
  }

  @Test func `a refusal without a code keeps the code of the same refusal`() throws {
    let store = try enrolled()
    let line = #"{"type":"policy_refusal","tenant":"acme","policy":"p","refusal":"r","at":"2026-11-22T08:00:00Z"}"#
    try store.importing(line.replacing("}", with: #","code":"check_failed"}"#))
    #expect(try !store.importing(line).hasChanged)
    #expect(try store.exported().contains(#""refusal":"r","code":"check_failed","#))
    try store.importing(line.replacing(#""r""#, with: #""other""#))
    #expect(try store.exported().contains(#""refusal":"other","code":null,"#))
  }

  @Test func `a caught text has words`() throws {
    let store = try enrolled()
    let problem = try store.problem(decision(#""caught":[{"code":"unknown_field","text":""}]"#))
    #expect(problem.field == "caught[0].text")
    #expect(problem.text.contains("at least one byte"))
    try store.importing(decision(#""caught":[{"code":"unknown_field","text":"x"}]"#))
  }
}
