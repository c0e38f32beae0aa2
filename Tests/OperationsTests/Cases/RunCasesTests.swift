import Routing
import RoutingTestKit
import Testing

@testable import Operations

/// Test cases of policies, run in this process.
struct RunCasesTests {
  private let folder = TestFolder()

  init() throws {
    try folder.write("return { select = function(contact, fleet) return wait('later', 60) end }\n", to: "p.lua")
    try folder.write(
      """
      return {
        policy = 'p',
        cases = {
          { name = 'it waits', contact = { id = 'c' }, expect = { outcome = 'wait' } },
          { name = 'it skips', contact = { id = 'c' }, expect = { outcome = 'skip' } },
        },
      }
      """, to: "p_test.lua")
  }

  private func run(_ path: String? = nil, filter: String? = nil, measuresCoverage: Bool = false) throws -> CaseRun {
    try RunCases(
      [path ?? folder.path], filter: filter, measuresCoverage: measuresCoverage, workers: Workers(count: 2),
      stopwatch: { 0 }
    ).run()
  }

  @Test func `each case has its line and its result, in file order`() throws {
    let run = try run()
    #expect(run.outcomes.map(\.result.name) == ["it waits", "it skips"])
    #expect(run.outcomes.map(\.line) == [4, 5])
    #expect(run.failures == 1 && run.problems.isEmpty && !run.holds)
    #expect(run.outcomes.allSatisfy { $0.milliseconds == 0 }, "times are those of the stopwatch")
  }

  @Test func `a filter selects cases and files by a part of their names`() throws {
    #expect(try run(filter: "WAITS").outcomes.map(\.result.name) == ["it waits"])
    #expect(try run(filter: "p_test").outcomes.count == 2)
    let error = #expect(throws: Problem.self) { try run(filter: "nothing of this name") }
    #expect(error?.code == .invalidInput)
  }

  @Test func `a file that cannot be run is a problem of the run, and a missing folder is an error`() throws {
    try folder.write("return {", to: "q_test.lua")
    let both = try run()
    #expect(both.problems.count == 1 && both.problems[0].contains("q_test.lua") && both.outcomes.count == 2)
    let error = #expect(throws: Problem.self) { try run(folder.file("nowhere")) }
    #expect(error?.code == .unreadableFile)
  }

  @Test func `coverage is measured on request`() throws {
    #expect(try run().coverage.isEmpty)
    let run = try run(measuresCoverage: true)
    #expect(run.coverage.map(\.path) == [folder.file("p.lua")])
    #expect(run.coverageShare.percent == 100 && run.isCovered(percent: 100))
  }
}
