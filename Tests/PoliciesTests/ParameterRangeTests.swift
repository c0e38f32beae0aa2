import Routing
import Testing

@testable import Policies

/// The table `ranges` of policies and guards.
struct ParameterRangeTests {
  /// A policy with these entries of its table. The first line has `params`, the second `ranges`.
  private func policy(
    _ params: String, _ ranges: String, given: [Parameter] = [], body: String = "return nil"
  ) throws(Fault) -> CompiledPolicy {
    let source = "return { params = \(params),\n ranges = \(ranges),\n select = function(contact) \(body) end }"
    return try CompiledPolicy(file: "p", source: Array(source.utf8), parameters: given)
  }

  private func fault(_ params: String, _ ranges: String, given: [Parameter] = []) -> Fault? {
    do throws(Fault) {
      _ = try policy(params, ranges, given: given)
      return nil
    } catch { return error }
  }

  @Test func `a file declares numbers, choices and formats`() throws {
    let ranges = try policy(
      "{ a = 1, b = 'x', c = 21, d = '', e = true }",
      "{ b = { 'x', 'y' }, a = { 0, 9.5 }, c = 'time_of_day', d = 'weekdays' }"
    ).ranges
    #expect(ranges.all.map(\.name) == ["a", "b", "c", "d"])
    #expect(ranges["a"] == .numbers(least: .integer(0), most: .number(9.5)))
    #expect(ranges["b"] == .choices(["x", "y"]))
    #expect(ranges["c"] == .timeOfDay && ranges["d"] == .weekdays && ranges["e"] == nil)
    #expect(try policy("{ a = 1 }", "nil").ranges == ParameterRanges())
    #expect(try policy("{ a = 1 }", "{}").ranges == ParameterRanges())
  }

  @Test(arguments: [
    ("5", "ranges: expected a table, found a number"), ("{ 5 }", "ranges: every key must be a name"),
    ("{ a = 5 }", "ranges: a: expected a list such as { 0, 100 } or { 'a', 'b' }, found a number"),
    ("{ a = true }", "ranges: a: expected a list such as { 0, 100 } or { 'a', 'b' }, found a boolean"),
    ("{ a = { least = 1 } }", "found a table with other keys"),
    ("{ a = { 1, nil, 3 } }", "found a table with other keys"),
    ("{ a = { {}, 3 } }", "ranges: a: expected a number, text or a boolean, found a table"),
    ("{ a = {} }", "ranges: a: expected two numbers or a list of texts, found an empty list"),
    ("{ a = { 1 } }", "ranges: a: expected two numbers, the least and the most, found 1; write { 0, 100 }"),
    ("{ a = { 0, 1, 2 } }", "ranges: a: expected two numbers, the least and the most, found 3"),
    ("{ a = { 9, 1 } }", "ranges: a: expected the least number first, found { 9, 1 }; write { 1, 9 }"),
    ("{ a = { 9, 1.5 } }", "found { 9, 1.5 }; write { 1.5, 9 }"),
    ("{ a = { 0, 'x' } }", "ranges: a: expected two numbers or a list of texts, found both"),
    ("{ a = { true, false } }", "ranges: a: expected numbers or texts, found a boolean; a boolean parameter needs no"),
    ("{ a = { 0, 0 / 0 } }", "ranges: a is not a finite number"), ("{ a = { 0, 1 / 0 } }", "not a finite number"),
    ("{ a = 'time_of_dai' }", "expected a list or one of 'time_of_day', 'weekdays', found 'time_of_dai'; "),
    ("{ a = { 5, 9 } }", "ranges: a: expected the default to be a number from 5 to 9, found 1; change the default"),
    ("{ a = { 'x' } }", "ranges: a: expected the default to be 'x', found 1"),
    ("{ a = 'weekdays' }", "expected the default to be weekdays"),
    ("{ b = { 0, 9 } }", "ranges: b: expected the name of a parameter, found none in params"),
    ("{ aa = { 0, 9 } }", "ranges: aa: expected the name of a parameter"),
  ])
  func `wrong ranges are refused with the line and advice`(ranges: String, message: String) throws {
    let fault = try #require(self.fault("{ a = 1 }", ranges))
    #expect(fault.message.contains(message), "\(fault.message)")
    #expect(fault.kind == .syntax && fault.code == .invalidRanges && fault.line == 2, "\(fault)")
  }

  @Test func `the line is that of the entry`() throws {
    let fault = try #require(self.fault("{ a = 1, b = 2 }", "{\n a = { 0, 9 },\n ['b'] = { 3, 4 } }"))
    #expect(fault.line == 4 && fault.message.hasPrefix("ranges: b: "))
  }

  @Test func `too many values are refused`() throws {
    let texts = (0..<256).map { "'t\($0)'" }.joined(separator: ", ")
    #expect(fault("{ a = 't0' }", "{ a = { \(texts) } }")?.message == "ranges: more than 256 values")
    let fewer = (0..<255).map { "'t\($0)'" }.joined(separator: ", ")
    #expect(fault("{ a = 't0' }", "{ a = { \(fewer) } }") == nil)
  }

  @Test(
    arguments: [
      (Scalar.integer(0), true), (.integer(86_400), true), (.number(0), true), (.number(86_400), true),
      (.number(0.5), true),
      (.integer(-1), false), (.integer(86_401), false), (.number(86_400.001), false), (.number(-0.001), false),
      (.text("5"), false), (.boolean(true), false), (.integer(.max), false), (.integer(.min), false),
    ] as [(Scalar, Bool)])
  func `a number fits from the least to the most`(value: Scalar, fits: Bool) {
    #expect((fault("{ a = 900 }", "{ a = { 0, 86400 } }", given: [Parameter("a", value)]) == nil) == fits)
  }

  @Test func `a value outside its range is refused with name, range, value and advice`() throws {
    let wrong = try #require(fault("{ a = 1 }", "{ a = { 0, 9 } }", given: [Parameter("a", .integer(25))]))
    #expect(wrong.message == "params.a: expected a number from 0 to 9, found 25; set a value that fits")
    #expect(wrong.code == .parameterOutOfRange && wrong.kind == .runtime)
    let text = try #require(fault("{ a = 'x' }", "{ a = { 'x', 'y', 'z' } }", given: [Parameter("a", .text("q"))]))
    #expect(text.message == "params.a: expected 'x', 'y' or 'z', found 'q'; set a value that fits")
    #expect(fault("{ a = 'x' }", "{ a = { 'x', 'y' } }", given: [Parameter("a", .text("y"))]) == nil)
    // Without a range, the type of the default still counts.
    #expect(
      fault("{ a = 1, b = 1 }", "{ a = { 0, 9 } }", given: [Parameter("b", .text("q"))])?.code == .wrongParameterType)
  }

  @Test(
    arguments: [
      (Scalar.integer(0), 0.0), (.integer(24), 24), (.number(21.5), 21.5), (.text("21:30"), 21.5), (.text("0:00"), 0),
      (.text("9:05"), 545.0 / 60), (.text("24:00"), 24), (.number(7.25), 7.25), (.number(0.75), 0.75), (.text("7"), 7),
      (.text("07:15"), 7.25),
      (.text("23:59"), 1439.0 / 60),
    ] as [(Scalar, Double)])
  func `a time of day is read as hours`(value: Scalar, hours: Double) throws {
    #expect(ParameterRange.timeOfDay.contains(value))
    #expect(ParameterRange.hours(value) == hours)
    let wrapped = try policy(
      "{ t = 1 }", "{ t = 'time_of_day' }", given: [Parameter("t", value)], body: "return wait('x', params.t * 3600)")
    #expect(wrapped.revision.parameters == [Parameter("t", value)], "the record keeps what was written")
    let fleet = Fleet(tenant: TenantID("acme")!, now: Instant(milliseconds: 0), members: [])
    let decision = Evaluator(policies: [wrapped], fleet: fleet).decide(Contact(id: ContactID("c")!), seed: 1)
    #expect(decision.fault == nil)
  }

  @Test(arguments: [
    Scalar.integer(25), .integer(-1), .number(24.01), .number(24.25), .number(22.3), .number(7.15), .number(-0.25),
    .number(0.1), .text("9:75"), .text("abc"), .text(""), .text("24:01"),
    .text("25"),
    .text("9:5"), .text("9:"), .text(":30"), .text("9:30:00"), .text("-1"), .text("+9"), .text(" 9"), .text("9.5"),
    .text("009"), .text("٩:٣٠"), .boolean(true),
  ])
  func `no other value is a time of day`(value: Scalar) {
    #expect(!ParameterRange.timeOfDay.contains(value))
  }

  @Test(arguments: [
    ("sat,sun", "67"), ("Sun, Sat", "67"), ("67", "67"), ("76", "67"), ("77", "7"), ("", ""), ("monday", "1"),
    ("mon,tue,wed,thu,fri,sat,sun", "1234567"), ("mon-fri", "12345"), ("1-5", "12345"), ("1,2,3", "123"), ("6,7", "67"),
    ("fri-mon", "1567"), ("Mon - Wed, 6", "1236"), ("monday-tuesday,sun", "127"), ("3-3", "3"), ("mon-sun", "1234567"),
  ])
  func `weekdays are read as digits in order`(text: String, digits: String) {
    #expect(ParameterRange.weekdays(text) == digits)
    #expect(ParameterRange.weekdays.read(.text(text)) == .text(digits))
  }

  @Test(arguments: [
    "0", "8", "0-5", "1-8", "mon-", "-fri", "mon-wed-fri", "-", "sat;sun", "sat,", ",", "samstag", "s", "sat sun", "mo",
    "weekdays", "12,3", "12-5", "mon..fri",
  ])
  func `other texts are no weekdays`(text: String) {
    #expect(!ParameterRange.weekdays.contains(.text(text)))
    #expect(!ParameterRange.weekdays.contains(.integer(67)))
  }

  @Test(
    arguments: [
      (Scalar.number(22.3), "22.3 hours are 22:18; write '22:18' or '22:30'"),
      (.number(7.15), "7.15 hours are 7:09; write '7:09' or '7:15'"),
      (.number(23.99), "23.99 hours are 23:59; write '23:59'"),
      (.number(8.05), "8.05 hours are 8:03; write '8:03' or '8:05'"),
      (.text("9.5"), "9.5 hours are 9:30; write '9:30' or '9:50'"), (.number(24.3), "set a value that fits"),
      (.number(-0.3), "set a value that fits"), (.text("9:75"), "set a value that fits"),
      (.boolean(true), "set a value that fits"),
    ] as [(Scalar, String)])
  func `a fraction that is no quarter is refused with the times that may be meant`(value: Scalar, hint: String) throws {
    #expect(ParameterRange.timeOfDay.hint(for: value) == hint)
    let fault = try #require(self.fault("{ t = 1 }", "{ t = 'time_of_day' }", given: [Parameter("t", value)]))
    #expect(fault.message.hasSuffix(", found \(value.parameterText); \(hint)"), "\(fault.message)")
  }

  @Test func `formats are spelled out as people read them`() {
    let time = ParameterRange.timeOfDay
    #expect(time.spelledOut(.number(22.5)) == "22:30" && time.spelledOut(.integer(8)) == "8:00")
    #expect(time.spelledOut(.text("07:15")) == "7:15" && time.spelledOut(.integer(24)) == "24:00")
    #expect(time.spelledOut(.number(22.3)) == nil && time.spelledOut(.boolean(true)) == nil)
    let days = ParameterRange.weekdays
    #expect(days.spelledOut(.text("5-7")) == "fri, sat, sun" && days.spelledOut(.text("")) == "no day")
    #expect(days.spelledOut(.text("1234567")) == "every day" && days.spelledOut(.text("x")) == nil)
    #expect(ParameterRange.choices(["a"]).spelledOut(.text("a")) == nil)
    #expect(ParameterRange.numbers(least: .integer(0), most: .integer(9)).spelledOut(.integer(3)) == nil)
  }

  @Test func `a guard has ranges too, and they are part of its digest`() throws {
    func compile(_ most: Int) throws -> CompiledPolicy {
      let source = "return { params = { a = 1 }, ranges = { a = { 0, \(most) } }, guard = function() end }"
      return try CompiledPolicy(file: "guards/g", source: Array(source.utf8), kind: .guard)
    }
    #expect(try compile(9).ranges["a"] == .numbers(least: .integer(0), most: .integer(9)))
    #expect(try compile(9).revision.digest != compile(8).revision.digest)
  }
}
