import Policies
import PolicyTestKit
import PolicyTesting
import Routing
import Testing

/// The shipped guard `quiet_hours`, with minutes, half hours and quiet days.
struct QuietHoursTests {
  /// The end of the wait at a time, nil if the guard lets the choice pass, after the fault if there is one.
  private func end(
    _ parameters: [(String, Scalar)], at now: Instant, offset: Int = 0, leadOffset: Int? = nil
  ) throws -> Instant? {
    let source = try #require(ShippedPolicies.source(of: "guards/quiet_hours"))
    let compiled = try CompiledPolicy(
      file: "guards/quiet_hours", source: source, parameters: parameters.map { Parameter($0.0, $0.1) }, kind: .guard)
    var contact = ContactDraft(id: ContactID("c1")!)
    contact.utcOffsetMinutes = leadOffset
    let device = Fleet.Member(device: Device(key: DeviceKey(1), id: DeviceID("D1")!), load: DeviceLoad())
    let fleet = Fleet(tenant: TenantID("acme")!, now: now, members: [device], utcOffsetMinutes: offset)
    let policy = try CompiledPolicy(
      file: "p", source: Array("return { select = function() return use('D1', 'x') end }".utf8))
    let decision = Evaluator(policies: [policy], guards: [compiled], fleet: fleet).decide(contact.contact, seed: 1)
    #expect(decision.fault == nil, "\(String(describing: decision.fault))")
    if case .wait(let until) = decision.resolution { return until }
    return nil
  }

  @Test(
    arguments: [
      ("21.5", "8", "2026-11-23T21:45:00Z", "2026-11-24T08:00:00Z"), ("21.5", "8", "2026-11-23T21:29:59Z", nil),
      ("21.5", "8", "2026-11-23T21:30:00Z", "2026-11-24T08:00:00Z"), ("21", "8.5", "2026-11-23T08:45:00Z", nil),
      ("21", "8.5", "2026-11-23T08:30:10Z", nil), ("21", "8.5", "2026-11-23T08:30:00Z", nil),
      ("21", "8.5", "2026-11-23T08:29:59Z", "2026-11-23T08:30:00Z"), ("21:20", "8:05", "2026-11-23T21:19:59Z", nil),
      ("21:20", "8:05", "2026-11-23T21:20:00Z", "2026-11-24T08:05:00Z"), ("21:20", "8:05", "2026-11-23T08:05:00Z", nil),
      ("12:15", "12:45", "2026-11-23T12:30:30Z", "2026-11-23T12:45:00Z"),
      ("20", "24", "2026-11-23T23:59:59Z", "2026-11-24T00:00:00Z"),
      ("24", "8", "2026-11-23T23:59:59Z", nil), ("24", "8", "2026-11-23T00:00:00Z", "2026-11-23T08:00:00Z"),
      ("21.5", "21:30", "2026-11-23T21:30:00Z", nil), ("0", "24", "2026-11-23T05:00:00Z", "2026-11-24T00:00:00Z"),
    ] as [(String, String, String, String?)])
  func `minutes count, and the wait ends exactly`(from: String, to: String, now: String, until: String?) throws {
    let value = { (text: String) in Double(text).map { Scalar.number($0) } ?? .text(text) }
    let found = try end([("from", value(from)), ("to", value(to))], at: try #require(Instant(rfc3339: now)))
    #expect(found?.rfc3339 == until)
  }

  @Test(
    arguments: [
      ("sat,sun", "2026-11-20T20:00:00Z", nil),  // Friday
      ("sat,sun", "2026-11-20T22:00:00Z", "2026-11-23T08:00:00Z"),
      ("sat,sun", "2026-11-21T12:00:00Z", "2026-11-23T08:00:00Z"),
      ("67", "2026-11-22T23:00:00Z", "2026-11-23T08:00:00Z"), ("wed", "2026-11-25T00:00:00Z", "2026-11-26T08:00:00Z"),
      ("mon,wed", "2026-11-23T09:00:00Z", "2026-11-24T08:00:00Z"),
      ("1234567", "2026-11-23T09:00:00Z", "2026-11-24T00:00:00Z"),
    ] as [(String, String, String?)])
  func `days are quiet until the next hours that are not`(days: String, now: String, until: String?) throws {
    let found = try end([("days", .text(days))], at: try #require(Instant(rfc3339: now)))
    #expect(found?.rfc3339 == until)
  }

  @Test(
    arguments: [
      ("22:30", "7:15", "mon-fri", "2026-11-20T22:29:59Z", nil),  // Friday
      ("22:30", "7:15", "mon-fri", "2026-11-20T22:30:00Z", "2026-11-21T07:15:00Z"),
      ("22:30", "7:15", "1-5", "2026-11-21T07:14:00Z", "2026-11-21T07:15:00Z"),
      ("22:30", "7:15", "mon-fri", "2026-11-21T23:00:00Z", nil),
      ("22:30", "7:15", "mon-fri", "2026-11-23T05:00:00Z", nil),
      ("22:30", "7:15", "sun-thu", "2026-11-23T05:00:00Z", "2026-11-23T07:15:00Z"),
      ("22:30", "7:15", "mon-fri", "2026-11-24T05:00:00Z", "2026-11-24T07:15:00Z"),
      ("12:00", "14:00", "mon", "2026-11-23T13:00:00Z", "2026-11-23T14:00:00Z"),
      ("12:00", "14:00", "mon", "2026-11-24T13:00:00Z", nil), ("22:30", "7:15", "", "2026-11-24T05:00:00Z", nil),
      ("0", "24", "mon-fri", "2026-11-23T12:00:00Z", "2026-11-28T00:00:00Z"),
      ("24", "8", "fri", "2026-11-21T03:00:00Z", "2026-11-21T08:00:00Z"),
    ] as [(String, String, String, String, String?)])
  func `quiet hours may begin on some days only`(from: String, to: String, on: String, now: String, until: String?)
    throws
  {
    let given: [(String, Scalar)] = [("from", .text(from)), ("to", .text(to)), ("on", .text(on))]
    #expect(try end(given, at: try #require(Instant(rfc3339: now)))?.rfc3339 == until)
  }

  @Test(
    arguments: ["from", "to"],
    [Scalar.integer(25), .integer(-1), .number(22.3), .text("9:75"), .text("abc"), .boolean(true)])
  func `an hour that does not exist is refused`(name: String, value: Scalar) throws {
    let source = try #require(ShippedPolicies.source(of: "guards/quiet_hours"))
    let error = #expect(throws: Fault.self) {
      try CompiledPolicy(
        file: "guards/quiet_hours", source: source, parameters: [Parameter(name, value)], kind: .guard)
    }
    #expect(error?.code == .parameterOutOfRange)
  }

  /// Whether a time is quiet, computed without the guard.
  private func isQuiet(
    _ local: Int64, _ from: Int64, _ to: Int64, on: Set<Int64>, _ days: Set<Int64>
  ) -> Bool {
    let minute = 60_000 as Int64
    let day = 1440 * minute
    // The first day of 1970 was a Thursday.
    let weekday = ((local / day) + 3) % 7 + 1
    if days.contains(weekday) { return true }
    let time = local % day
    let begins = on.contains(weekday)
    if from * minute <= to * minute { return begins && time >= from * minute && time < to * minute }
    let beganBefore = on.contains(weekday == 1 ? 7 : weekday - 1)
    return begins && time >= from * minute || beganBefore && time < to * minute
  }

  @Test func `it agrees with a search over minutes, for random hours, days, offsets and times`() throws {
    var random = SeededRandom(seed: 20_261_122)
    let draw = { (count: Int64) in Int64(random.next() % UInt64(count)) }
    for _ in 0..<400 {
      let (from, to) = (draw(1441), draw(1441))
      let days = draw(3) == 0 ? Set((1...7 as ClosedRange<Int64>).filter { _ in draw(3) == 0 }) : []
      let on = draw(2) == 0 ? Set((1...7 as ClosedRange<Int64>).filter { _ in draw(3) > 0 }) : Set(1...7)
      let offset = draw(4) == 0 ? draw(2160) - 1080 : [0, 345, -300, 765][Int(draw(4))]
      let now = 1_795_000_000_000 + draw(30 * 86_400_000)
      let local = now + offset * 60_000
      let texts = { (minutes: Int64) in
        Scalar.text("\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60)")
      }
      let digits = days.sorted().map(String.init).joined()
      let onDigits = on.sorted().map(String.init).joined()
      let found = try end(
        [("from", texts(from)), ("to", texts(to)), ("on", .text(onDigits)), ("days", .text(digits))],
        at: Instant(milliseconds: now), offset: Int(offset), leadOffset: draw(2) == 0 ? Int(offset) : nil)
      var expected: Int64? = isQuiet(local, from, to, on: on, days) ? local : nil
      if let start = expected {
        var minute = start / 60_000 + 1
        let last = minute + 8 * 1440
        while minute < last, isQuiet(minute * 60_000, from, to, on: on, days) { minute += 1 }
        // Always quiet: the next midnight.
        expected = minute < last ? minute * 60_000 : (start / 86_400_000 + 1) * 86_400_000
      }
      #expect(
        found?.milliseconds == expected.map { $0 - offset * 60_000 },
        "from \(from) to \(to) on \(onDigits) days \(digits) offset \(offset) now \(now)")
    }
  }
}
