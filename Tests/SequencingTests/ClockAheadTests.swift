import Routing
import RoutingTestKit
import Testing

/// Cycles and sends with a clock that is ahead for a while, then right again.
struct ClockAheadTests {
  private static let ten = Instant(rfc3339: "2026-11-22T10:00:00Z")!

  /// A device with a pace of 5 to 15 seconds, and leads that belong to it.
  private func scene(
    leads: ClosedRange<Int>, delays: [Int] = [0], hour: Int? = nil, pace: [Double] = [5, 15]
  ) throws -> TestInstance {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "fallback")
    scenario.device("D1", hour: hour, pace: pace)
    scenario.sequence(delays: delays)
    for lead in leads { scenario.lead(lead, device: "D1") }
    return try TestInstance(scenario, at: Self.ten)
  }

  private func run(_ engine: TestInstance, at moment: Instant) async throws -> Int {
    engine.clock.set(moment)
    try engine.decide()
    return try await engine.send().sent
  }

  private func accept(_ engine: TestInstance) throws -> ClockCorrection {
    let note = OperatorNote(actor: "ann", reason: "NTP", at: engine.clock.now())
    return try engine.store.acceptClock(by: note, reason: "NTP", isDryRun: false)
  }

  @Test func `after two cycles eight hours ahead, the next messages leave at the device's pace (K8)`() async throws {
    let engine = try scene(leads: 1...2)
    for ahead in ["2026-11-22T18:00:00Z", "2026-11-22T18:00:30Z"] {
      #expect(try await run(engine, at: Instant(rfc3339: ahead)!) == 1)
    }
    var more = StoreScenario()
    for lead in 3...5 { more.lead(lead, device: "D1") }
    engine.clock.set(Self.ten)
    try engine.take(more)
    var sent = 0
    for minutes in stride(from: 0, through: 55, by: 5) {
      sent += try await run(engine, at: Self.ten.advanced(bySeconds: Int64(minutes * 60)))
    }
    #expect(sent == 3, "each of the three leaves within an hour, not at 18:00")
  }

  @Test func `with an hourly limit, messages ahead fill it until the clock is accepted`() async throws {
    let engine = try scene(leads: 1...2, hour: 2)
    for ahead in ["2026-11-22T18:00:00Z", "2026-11-22T18:00:30Z"] {
      #expect(try await run(engine, at: Instant(rfc3339: ahead)!) == 1)
    }
    var more = StoreScenario()
    more.lead(3, device: "D1")
    engine.clock.set(Self.ten)
    try engine.take(more)
    #expect(try await run(engine, at: Self.ten.advanced(bySeconds: 7200)) == 0)
    engine.clock.set(Self.ten)
    #expect(try accept(engine).shiftMilliseconds == (8 * 3600 + 30) * 1000)
    #expect(try await run(engine, at: Self.ten.advanced(bySeconds: 3500)) == 0, "two left within the last hour")
    #expect(try await run(engine, at: Self.ten.advanced(bySeconds: 3700)) == 1)
    #expect(try engine.store.integrity(at: engine.clock.now()).isSound)
  }

  @Test(arguments: [86_400, 365 * 86_400] as [Int64])
  func `what a clock a day or a year ahead did early is taken back unless it was sent (F10)`(
    seconds: Int64
  ) async throws {
    // Three leads get step 1 now; step 2 is due in half a day.
    let engine = try scene(leads: 1...3, delays: [0, 43_200], pace: [0, 0])
    #expect(try await run(engine, at: Self.ten) == 3)
    // One cycle with the clock ahead: one message leaves, then sending stops.
    engine.clock.set(Self.ten.advanced(bySeconds: seconds))
    try engine.decide()
    let claimed = try engine.store.claim(
      limit: 1, at: engine.clock.now(), leaseUntil: engine.clock.now().advanced(bySeconds: 120), epoch: engine.epoch,
      draw: { _ in 0 })
    _ = try engine.store.finish(
      claimed.map { SendResult(message: $0, outcome: .accepted(gatewayID: nil)) }, at: engine.clock.now(),
      epoch: engine.epoch)
    let minute = Self.ten.advanced(bySeconds: 60)
    engine.clock.set(minute)
    #expect(try accept(engine).found.newest == Self.ten.advanced(bySeconds: seconds))
    #expect(try await run(engine, at: minute) == 0, "the steps of the others are not due")
    #expect(try await run(engine, at: Self.ten.advanced(bySeconds: 43_199)) == 0)
    #expect(try await run(engine, at: Self.ten.advanced(bySeconds: 43_200)) == 2)
    #expect(try engine.store.timesAhead(of: engine.clock.now()).lines.isEmpty)
  }

  @Test func `a wait that began ahead does not delay the contact once the clock is accepted`() async throws {
    let engine = try scene(leads: 1...3, hour: 1, pace: [0, 0])
    #expect(try await run(engine, at: Self.ten.advanced(bySeconds: 86_400)) == 1)
    engine.clock.set(Self.ten)
    _ = try accept(engine)
    #expect(try await run(engine, at: Self.ten.advanced(bySeconds: 3600)) == 1)
    #expect(try await run(engine, at: Self.ten.advanced(bySeconds: 7300)) == 1)
  }
}
