import Policies
import Routing
import Testing

@testable import PolicyTesting

/// The search for counterexamples within the ranges of parameters.
struct RangedSearchTests {
  private static let source = """
    return {
      params = { pause = 900, mode = 'b', from = 21, days = '' },
      ranges = { pause = { 10, 5000 }, mode = { 'a', 'b' }, from = 'time_of_day', days = 'weekdays' },
      select = function() return wait(params.mode .. params.days, params.pause + params.from) end,
    }
    """

  @Test func `generated parameters stay within their ranges and reach both ends`() throws {
    let compiled = try CompiledPolicy(file: "p", source: Array(Self.source.utf8))
    var generator = RequestGenerator(
      seed: 3, literals: SourceLiterals(Array(Self.source.utf8)), declared: compiled.declared, ranges: compiled.ranges)
    var seen: [String: [Scalar]] = [:]
    for _ in 0..<2000 {
      for parameter in generator.fresh().parameters {
        #expect(compiled.ranges[parameter.name]?.contains(parameter.value) == true, "\(parameter)")
        seen[parameter.name, default: []].append(parameter.value)
      }
    }
    #expect(seen["pause"]?.contains(.integer(10)) == true && seen["pause"]?.contains(.integer(5000)) == true)
    #expect(seen["mode"]?.contains(.text("a")) == true)
    #expect(seen["from"]?.contains(.text("08:30")) == true && seen["days"]?.contains(.text("sat,sun")) == true)
  }

  @Test func `a fault at the end of a range is found, and one beyond it is not`() throws {
    func found(_ limit: Int) throws -> Bool {
      let source = """
        return {
          params = { pause = 900 }, ranges = { pause = { 10, 5000 } },
          select = function() if params.pause == \(limit) then error('reached') end return wait('x', 60) end,
        }
        """
      return try !PolicySearchTests.search(source, requests: 500).found.isEmpty
    }
    #expect(try found(10) && found(5000))
    #expect(try !found(1800) || 1800 <= 5000)
    #expect(try !found(0) && !found(5001))
  }
}
