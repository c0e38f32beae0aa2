import Policies
import PolicyTestKit
import Routing
import Testing

@testable import PolicyTesting

/// Ranges of parameters in cases, shipped files and examples.
struct RangedParameterTests {
  @Test func `a case with such a parameter cannot be run, and is named`() throws {
    let source = "return { params = { pause = 9 }, ranges = { pause = { 1, 3600 } }, select = function() end }"
    let cases = try PolicyCases(
      file: "ranged_test",
      source: Array(
        """
        return { policy = 'ranged', cases = {
          { name = 'good', contact = { id = 'c' }, params = { pause = 1 }, expect = { outcome = 'wait' } },
          { name = 'bad', contact = { id = 'c' }, params = { pause = 0 }, expect = { outcome = 'wait' } },
        } }
        """.utf8))
    let error = #expect(throws: Fault.self) { try cases.run(policy: "ranged", source: Array(source.utf8)) }
    #expect(
      error?.message == "case 'bad': params.pause: expected a number from 1 to 3600, found 0; set a value that fits")
    #expect(error?.code == .parameterOutOfRange)
  }

  @Test func `office hours refuse an hour and days that do not exist`() throws {
    let entry = try PolicyCatalog(rules: nil).entry(fileOrName: Repository.path("Examples/policies/office_hours.lua"))
    func refusal(_ name: String, _ value: Scalar) -> ReasonCode? {
      do throws(Fault) {
        _ = try StandardAcceptance().accept(entry, parameters: [Parameter(name, value)])
        return nil
      } catch { return error.code }
    }
    let wrong: [(String, Scalar)] = [
      ("opens", .integer(25)), ("closes", .integer(-1)), ("opens", .text("9:75")), ("days", .text("0-5")),
      ("opens", .number(8.3)),
      ("days", .text("0")),
    ]
    for (name, value) in wrong { #expect(refusal(name, value) == .parameterOutOfRange, "\(name) \(value)") }
    let right: [(String, Scalar)] = [
      ("opens", .text("9:30")), ("opens", .number(8.5)), ("closes", .integer(24)), ("days", .text("mon,tue")),
      ("days", .text("12345")), ("days", .text("1-5")), ("contact_zone", .boolean(true)),
    ]
    for (name, value) in right { #expect(refusal(name, value) == nil, "\(name) \(value)") }
  }

  @Test func `every number among the parameters of shipped files and examples has a range`() throws {
    let examples = ["warm_up", "by_prefix", "vip", "office_hours", "continuity", "drain"].map {
      Repository.path("Examples/policies/\($0).lua")
    }
    let catalog = PolicyCatalog(rules: nil)
    var files = try (ShippedPolicies.all.map(\.name) + examples).map {
      (try catalog.entry(fileOrName: $0), PolicyKind.policy)
    }
    files += try ["daily_limit", "move_limit", "quiet_hours"].map { (try catalog.guardEntry(named: $0), .guard) }
    for (entry, kind) in files {
      let compiled = try CompiledPolicy(file: entry.name, source: entry.source, kind: kind)
      for parameter in compiled.declared where parameter.value.kind == "a number" {
        #expect(compiled.ranges[parameter.name] != nil, "\(entry.name): \(parameter.name)")
      }
    }
  }
}
