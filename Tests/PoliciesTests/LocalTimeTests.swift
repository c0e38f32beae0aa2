import Foundation
import Routing
import Testing

@testable import Policies

/// `local_time` in the real sandbox.
struct LocalTimeTests {
  private func decided(_ now: Instant, tenant: Int, contact: Int?, _ body: String) throws -> Decision {
    let source = "return { select = function(contact, fleet)\n\(body)\nend }"
    let policy = try CompiledPolicy(file: "clock", source: Array(source.utf8))
    let fleet = Fleet(tenant: TenantID("acme")!, now: now, members: [], utcOffsetMinutes: tenant)
    return Evaluator(policies: [policy], fleet: fleet).decide(
      Contact(id: ContactID("c1")!, utcOffsetMinutes: contact), seed: 1)
  }

  private let words = "table.concat({ local_time(%) }, ' ')"

  @Test func `it agrees with a calendar, from the year 1 to the year 9999`() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 0)!
    var random = SeededRandom(seed: 28)
    // Foundation's calendar changes to the Julian one before 1582.
    let start = Instant(rfc3339: "1583-01-01T00:00:00Z")!.milliseconds
    let span = Instant.latest.milliseconds - start - 86_400_000
    for _ in 0..<300 {
      let now = Instant(milliseconds: start + 43_200_000 + Int64(random.next() % UInt64(span)))
      let offset = Int(random.next() % 2161) - 1080
      let decision = try decided(
        now, tenant: offset, contact: nil, "return wait(\(words.replacing("%", with: "")), 1)")
      let wall = Date(timeIntervalSince1970: (Double(now.milliseconds) / 1000).rounded(.down) + Double(offset * 60))
      let parts = calendar.dateComponents([.hour, .minute, .weekday, .day, .month, .year], from: wall)
      let weekday = (parts.weekday! + 5) % 7 + 1
      #expect(
        decision.reason == "\(parts.hour!) \(parts.minute!) \(weekday) \(parts.day!) \(parts.month!) \(parts.year!)",
        "\(now.rfc3339) and \(offset) minutes")
    }
  }

  @Test func `with the contact as argument it is the contact's time, or else the tenant's`() throws {
    let now = Instant(rfc3339: "2026-11-22T18:20:30Z")!
    let both = "return wait(\(words.replacing("%", with: "")) .. '; ' .. \(words.replacing("%", with: "contact")), 1)"
    #expect(try decided(now, tenant: 345, contact: -300, both).reason == "0 5 1 23 11 2026; 13 20 7 22 11 2026")
    #expect(try decided(now, tenant: 345, contact: 0, both).reason == "0 5 1 23 11 2026; 18 20 7 22 11 2026")
    #expect(try decided(now, tenant: 345, contact: nil, both).reason == "0 5 1 23 11 2026; 0 5 1 23 11 2026")
  }

  @Test func `a contact's zone does not apply to the next contact`() throws {
    let source = "return { select = function(contact) return wait(tostring((local_time(contact))), 1) end }"
    let policy = try CompiledPolicy(file: "clock", source: Array(source.utf8))
    let fleet = Fleet(tenant: TenantID("acme")!, now: Instant(milliseconds: 0), members: [], utcOffsetMinutes: 60)
    let evaluator = Evaluator(policies: [policy], fleet: fleet)
    let hours = [480, nil, 120].map { offset in
      evaluator.decide(Contact(id: ContactID("c1")!, utcOffsetMinutes: offset), seed: 1).reason
    }
    #expect(hours == ["8", "1", "2"])
  }

  @Test(arguments: [
    ("local_time(nil)", "local_time: expected the contact or nothing, found nil"),
    ("local_time(fleet)", "local_time: expected the contact or nothing, found fleet"),
    ("local_time('UTC')", "local_time: expected the contact or nothing, found text"),
    ("local_time(contact.tags)", "local_time: expected the contact or nothing, found a list"),
    ("local_time(wait('x'))", "local_time: expected the contact or nothing, found a verdict"),
  ])
  func `any other argument is an error with a message`(call: String, message: String) throws {
    let fault = try decided(Instant(milliseconds: 0), tenant: 0, contact: nil, "return wait('x', \(call))").fault
    #expect(fault == Fault(.runtime, message, line: 2, code: .invalidArgument))
  }

  @Test func `there is no local time outside hooks`() {
    #expect(throws: Fault(.runtime, "local_time can only be called inside a hook", line: 1, code: .onlyInHook)) {
      try CompiledPolicy(
        file: "clock", source: Array("local hour = local_time() return { select = function() end }".utf8))
    }
  }

  @Test func `in enroll the lead's time zone applies`() throws {
    let source = """
      return {
        select = function() return nil end,
        enroll = function(lead) return skip(tostring((local_time())) .. ' and ' .. tostring((local_time(lead)))) end,
      }
      """
    let policy = try CompiledPolicy(file: "clock", source: Array(source.utf8))
    let fleet = Fleet(tenant: TenantID("acme")!, now: Instant(milliseconds: 0), members: [], utcOffsetMinutes: 60)
    let evaluator = Evaluator(policies: [policy], fleet: fleet)
    #expect(evaluator.enroll(Lead(id: "L1", utcOffsetMinutes: 540), seed: 1).choice == .leaveOut(reason: "1 and 9"))
    #expect(evaluator.enroll(Lead(id: "L1"), seed: 1).choice == .leaveOut(reason: "1 and 1"))
  }

  @Test func `a trace contains the read of the time and its value`() throws {
    let source = "return { select = function(contact) local_time() local_time(contact) return wait('x', 1) end }"
    let policy = try CompiledPolicy(file: "clock", source: Array(source.utf8))
    let fleet = Fleet(
      tenant: TenantID("acme")!, now: Instant(rfc3339: "2026-11-22T18:20:30Z")!, members: [], utcOffsetMinutes: 345)
    let evaluator = Evaluator(policies: [policy], fleet: fleet)
    let contact = Contact(id: ContactID("c1")!, utcOffsetMinutes: -300)
    let trace = evaluator.traced { evaluator.decide(contact, seed: 1) }.1
    #expect(
      trace.reads == [
        .init(.fleet, "local_time", "Monday 2026-11-23 00:05"),
        .init(.contact, "local_time", "Sunday 2026-11-22 13:20"),
      ])
  }
}
