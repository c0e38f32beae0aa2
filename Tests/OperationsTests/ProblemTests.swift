import Policies
import Routing
import Testing

@testable import Operations

struct ProblemTests {
  @Test func `a problem has its code and its text without line ends`() {
    let problem = Problem(.stalePlan, "try it again\n\n")
    #expect(problem.code == .stalePlan)
    #expect(problem.message == "try it again")
  }

  @Test func `a fault of a policy's file becomes an error with its line`() {
    let error = usherError(Fault(.syntax, "unexpected symbol", line: 3))
    #expect(error?.code == .invalidPolicy)
    #expect(error?.message == "line 3: unexpected symbol")
  }

  @Test func `a missing policy and a missing guard have their own error codes`() throws {
    let catalog = PolicyCatalog(rules: nil)
    let policy = #expect(throws: Fault.self) { try catalog.entry(named: "nobody") }
    #expect(try usherError(#require(policy))?.code == .policyNotFound)
    let guardian = #expect(throws: Fault.self) { try catalog.guardEntry(named: "nobody") }
    #expect(try usherError(#require(guardian))?.code == .guardNotFound)
  }

  @Test func `an error without a declared code is not shown as a problem`() {
    struct Unforeseen: Error {}
    #expect(usherError(Unforeseen()) == nil)
  }

  @Test func `errors of the store contracts keep their code`() {
    #expect(usherError(OperatorError.unknown(.device, id: "D9"))?.code == .deviceNotFound)
    #expect(usherError(StoreError.generationPassed)?.code == .changedMeanwhile)
  }
}
