import Testing

@testable import Routing

/// When a canary is rolled back automatically.
struct CanaryJudgeTests {
  private func tallies(
    canary: (hits: Int, of: Int), live: (hits: Int, of: Int), _ measure: RollbackLimits.Measure = .faults
  ) -> CanaryTallies {
    var tallies = CanaryTallies()
    for (side, counts) in [(PolicyLineup.Side.canary, canary), (.live, live)] {
      switch measure {
      case .faults: (tallies[side].faults, tallies[side].judged) = (counts.hits, counts.of)
      case .waiting: (tallies[side].waiting, tallies[side].judged) = (counts.hits, counts.of)
      case .moved: (tallies[side].moved, tallies[side].judged) = (counts.hits, counts.of)
      case .failed: (tallies[side].failed, tallies[side].sent) = (counts.hits, counts.of - counts.hits)
      }
    }
    return tallies
  }

  private func isBroken(_ limits: RollbackLimits, _ tallies: CanaryTallies) -> Bool {
    CanaryJudge.breach(of: limits, by: tallies) != nil
  }

  @Test func `three contacts are too few for a rollback, whatever their results`() {
    #expect(!isBroken(.standard, tallies(canary: (3, 3), live: (0, 1000))))
    #expect(!isBroken(.standard, tallies(canary: (99, 99), live: (0, 1000))))
    #expect(isBroken(.standard, tallies(canary: (100, 100), live: (0, 1000))))
    #expect(!isBroken(.standard, tallies(canary: (100, 100), live: (0, 99))), "nor is there anything to compare with")
  }

  @Test(arguments: RollbackLimits.Measure.allCases)
  func `each measure is compared with the live side's share`(measure: RollbackLimits.Measure) {
    let bad = tallies(canary: (300, 500), live: (10, 500), measure)
    let found = CanaryJudge.breach(of: .standard, by: bad)
    #expect(found?.cause == .broken(measure, RollbackLimits.standard[measure]))
    #expect(found?.tallies == bad)
    #expect(!isBroken(.standard, tallies(canary: (300, 500), live: (300, 500), measure)), "both are as bad")
    var without = RollbackLimits.standard
    without[measure] = .off
    #expect(!isBroken(without, bad))
  }

  @Test func `a limit above the live side is exceeded by what is certainly above it`() {
    let limits = RollbackLimits(waiting: .above(100_000))
    #expect(!isBroken(limits, tallies(canary: (300, 1000), live: (250, 1000), .waiting)), "five points are allowed")
    #expect(!isBroken(limits, tallies(canary: (370, 1000), live: (250, 1000), .waiting)), "twelve may be chance")
    #expect(isBroken(limits, tallies(canary: (480, 1000), live: (250, 1000), .waiting)))
    #expect(
      isBroken(limits, tallies(canary: (37_000, 100_000), live: (25_000, 100_000), .waiting)), "twelve of many are not")
  }

  @Test func `an absolute limit is exceeded above it, unless the live side's share is as high`() {
    let limits = RollbackLimits(faults: .share(10_000))
    #expect(!isBroken(limits, tallies(canary: (9, 1000), live: (0, 1000))))
    #expect(isBroken(limits, tallies(canary: (60, 1000), live: (0, 1000))))
    #expect(!isBroken(limits, tallies(canary: (60, 1000), live: (60, 1000))))
  }

  @Test(arguments: [(percent: 0, margin: 10_000), (5, 10_000), (30, 0), (50, 0)])
  func `equal sides are hardly ever found to differ, however often they are compared`(percent: Int, margin: Int) {
    var random = SeededRandom(seed: 0xCA11)
    var limits = RollbackLimits(faults: .above(margin))
    limits.waiting = .off
    var wrong = 0
    let runs = 400
    for _ in 0..<runs {
      var (canary, live) = ((hits: 0, of: 0), (hits: 0, of: 0))
      for _ in 0..<150 {
        // One cycle's results: a tenth of the contacts is the canary's.
        for _ in 0..<5 {
          canary.of += 1
          if random.unit() * 100 < Double(percent) { canary.hits += 1 }
        }
        for _ in 0..<45 {
          live.of += 1
          if random.unit() * 100 < Double(percent) { live.hits += 1 }
        }
        if isBroken(limits, tallies(canary: canary, live: live)) {
          wrong += 1
          break
        }
      }
    }
    #expect(wrong <= runs / 100, "\(wrong) of \(runs) canaries rolled back for nothing")
  }

  @Test func `a canary that fails in a tenth of its steps is found within some hundred steps`() {
    var random = SeededRandom(seed: 0xFA17)
    for _ in 0..<200 {
      var (canary, judged) = (0, 0)
      while judged < 5000 {
        judged += 1
        if random.unit() < 0.1 { canary += 1 }
        if isBroken(.standard, tallies(canary: (canary, judged), live: (0, judged * 9))) { break }
      }
      #expect(judged < 1000)
    }
  }

  @Test func `rollback limits are read as they are written`() throws {
    var limits = RollbackLimits.standard
    try limits.read("faults=1%,waiting=+2.5%,moved=off,least=40")
    #expect(limits == RollbackLimits(faults: .share(10_000), waiting: .above(25_000), moved: .off, leastJudged: 40))
    #expect(limits.text == "faults=1%,waiting=+2.5%,moved=off,failed=+5%,least=40")
    for (text, part) in [
      ("faults", "expected NAME=LIMIT"), ("fault=1%", "expected faults, waiting, moved, failed or least"),
      ("faults=101%", "faults: expected 1%, +1% or off"), ("faults=-1%", "faults: expected"),
      ("least=0", "least: expected 1 to 1000000"), ("", "expected NAME=LIMIT"),
      ("faults=1%,faults=2%", "expected each limit once, found 'faults' twice"),
      ("least=40,moved=off,least=40", "expected each limit once, found 'least' twice"),
    ] {
      let error = #expect(throws: RollbackLimits.Unreadable.self) { try limits.read(text) }
      #expect(error?.message.contains(part) == true, "\(text): \(error?.message ?? "")")
    }
  }

  @Test(arguments: [("10%", 100_000), ("0.5%", 5000), ("100", 1_000_000), ("0.0001%", 1), ("12.3456%", 123_456)])
  func `shares are kept exactly`(text: String, parts: Int) {
    #expect(Percent.partsPerMillion(text[...]) == parts)
    #expect(Percent.partsPerMillion(Percent.text(parts)[...]) == parts)
  }

  @Test(arguments: ["", "%", "101%", "1.00001%", "-1", "1e2", "ten", " 10%", "10%%", ".5"])
  func `an invalid share is rejected`(text: String) { #expect(Percent.partsPerMillion(text[...]) == nil) }
}
