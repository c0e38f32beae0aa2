@testable import Routing

/// The time of all transitions in these tests.
let now = Instant(milliseconds: 1_000_000_000)

func seconds(_ count: Int64) -> Instant { now.advanced(bySeconds: count) }

extension Bend where Value == Instant {
  static var moment: [Bend] { [Bend("a millisecond later") { $0 = $0.advanced(byMilliseconds: 1) }] }
}

extension Bend where Value == String {
  static var text: [Bend] { [Bend("other text") { $0 += "?" }, Bend("the old reason") { $0 = "an old reason" }] }
}

extension Bend where Value == DeviceKey {
  static var device: [Bend] { [Bend("another device") { $0 = DeviceKey($0.raw + 1) }] }
}

extension Bend where Value == EnrolmentChange {
  static var enrolment: [Bend] {
    cases("status", \.status) + cases("attempts", \.attempts)
      + within("step", \.step, 7, [Bend<Int>("one too far") { $0 += 1 }])
      + within("due time", \.dueAt, seconds(7), Bend<Instant>.moment)
      + within("next time", \.nextAt, seconds(7), Bend<Instant>.moment)
      + within("reason", \.reason, "an old reason", Bend<String>.text)
      + within("capacity", \.capacityAt, seconds(7), Bend<Instant>.moment)
      + within("waitlist", \.waitlist, .fleet, [Bend<Waitlist>("another") { $0 = .device(DeviceID(stored: "D9")) }])
      + within("end", \.endedAt, seconds(7), Bend<Instant>.moment)
  }
}

extension Bend where Value == DecisionCounts {
  static var counts: [Bend] {
    increment("decided", \.decided) + increment("queued", \.queued) + increment("waiting", \.waiting)
      + increment("skipped", \.skipped) + increment("cancelled", \.cancelled) + increment("faults", \.faults)
  }
}

extension Bend where Value == SendCounts {
  static var counts: [Bend] {
    increment("sent", \.sent) + increment("returned", \.returned) + increment("failed", \.failed)
      + increment("unknown", \.unknown)
  }
}

extension Bend where Value == MessageChange {
  static var message: [Bend] {
    cases("status", \.status) + within("error", \.error, "an error", Bend<String>.text)
      + within("sent time", \.sentAt, seconds(7), Bend<Instant>.moment)
      + within("gateway id", \.gatewayID, "G7", Bend<String>.text)
  }
}
