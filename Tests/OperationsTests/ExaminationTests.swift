import RoutingTestKit
import Testing

@testable import Operations

/// The findings of an examination of the machine and of a store.
struct ExaminationTests {
  @Test func `this machine passes, and a store adds its own findings`() throws {
    let folder = TestFolder()
    let plain = Examination(version: "1.2.3").run()
    try plain.expectNothingWrong()
    #expect(plain.findings.first?.found.hasPrefix("1.2.3, engine ") == true)
    #expect(!plain.findings.contains { $0.part == "store" })
    _ = try StoreScenario().store(in: folder, at: TestInstance.start)
    let whole = Examination(version: "1.2.3", store: folder.file("usher.db")).run()
    #expect(whole.findings.filter { $0.part == "store" }.map(\.check).prefix(2) == ["files", "version"])
  }

  @Test func `a store that cannot be opened is a problem`() throws {
    let answer = Examination(version: "1", store: "/nowhere/usher.db").run()
    let wrong = answer.findings.filter(\.isWrong)
    #expect(wrong.map(\.check) == ["opens"])
    let problem = #expect(throws: Problem.self) { try answer.expectNothingWrong() }
    #expect(problem?.code == .checkFailed)
    #expect(problem?.message == "1 of \(answer.findings.count) checks found something wrong")
  }
}
