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

  @Test func `a case whose parameter is outside its range is named with its line, and its policy is not blamed`() throws
  {
    try folder.write(
      "return { params = { a = 1 }, ranges = { a = { 0, 10 } }, select = function() return wait('x', 60) end }\n",
      to: "r.lua")
    try folder.write(
      """
      return {
        policy = 'r',
        cases = {
          { name = 'n', contact = { id = 'c' }, params = { a = 99 }, expect = { outcome = 'wait' } },
        },
      }
      """, to: "r_test.lua")
    let problems = try run(folder.file("r_test.lua")).problems
    #expect(problems.count == 1)
    let text = "r_test.lua:4: case 'n': params.a: expected a number from 0 to 10, found 99; set a value that fits"
    #expect(problems.first?.contains(text) == true, "\(problems)")
    #expect(problems.first?.contains("cannot be used") == false && problems.first?.contains("fault") == false)
  }

  @Test func `coverage is measured on request`() throws {
    #expect(try run().coverage.isEmpty)
    let run = try run(measuresCoverage: true)
    #expect(run.coverage.map(\.path) == [folder.file("p.lua")])
    #expect(run.coverageShare.percent == 100 && run.isCovered(percent: 100))
  }
}
