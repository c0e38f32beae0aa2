import Routing
import Testing

@testable import Policies

/// Whatever a guard does, only messages that would also be queued without it are queued.
struct GuardPropertyTests {
  private static let choosers = [
    "return use(fleet:hash(contact.id), 'hash')", "return move(fleet:least_loaded() or fleet[1], 'least')",
    "if random(3) == 1 then return wait('dice', 60) end return use(fleet[random(#fleet)], 'dice')",
  ]

  private static func contact(_ random: inout SeededRandom) -> Contact {
    Contact(
      id: ContactID("c\(random.next() % 1000)")!, step: Int(random.next() % 5) + 1, attempts: Int(random.next() % 4),
      messagesDay: Int(random.next() % 40), moves: Int(random.next() % 40),
      utcOffsetMinutes: Int(random.next() % 1600) - 720)
  }

  /// Decides for contacts over a fleet shared by both sides; returns how many the guards made wait.
  static func expectNarrower(_ guards: [CompiledPolicy], rounds: Int, seed: UInt64) throws -> Int {
    var random = SeededRandom(seed: seed)
    var waits = 0
    for round in 0..<rounds {
      let chooser = try GuardTests.policy(Self.choosers[round % Self.choosers.count])
      let fleet = GuardTests.fleet(Int(random.next() % 4) + 1)
      let contact = contact(&random)
      let draw = random.next()
      let free = Evaluator(policies: [chooser], fleet: fleet).decide(contact, seed: draw)
      let evaluator = Evaluator(policies: [chooser], guards: guards, fleet: fleet)
      let held = evaluator.decide(contact, seed: draw)
      switch held.resolution {
      // Either the same device in the same way, or a wait.
      case .use, .move, .skip:
        #expect(held.resolution == free.resolution && held.reason == free.reason, "seed \(seed), round \(round)")
        #expect(held.narrowed == nil)
      case .wait(let until):
        #expect(until > fleet.now, "seed \(seed), round \(round)")
        if let narrowed = held.narrowed {
          waits += 1
          #expect(narrowed.device == free.resolution.device && narrowed.outcome == free.outcome)
          #expect((0..<fleet.count).allSatisfy { evaluator.fleet.load($0).queued == fleet.load($0).queued })
        } else {
          #expect(held == free, "seed \(seed), round \(round)")
        }
      }
    }
    return waits
  }

  @Test func `any combination of guards can only turn choices into waits`() throws {
    let bodies = [
      "return nil", "return wait('x', random(1000))", "if random(2) == 1 then return wait('x', 0) end",
      "if choice.outcome == 'move' then return wait('no move', 5) end",
      "if local_time(contact) < 12 then return wait('morning', 60) end", "error('boom')",
      "while true do end", "return wait(choice.device, 1)", "if contact.moves > 20 then return use('D1', 'x') end",
    ]
    var (random, waits) = (SeededRandom(seed: 2029), 0)
    for mixture in 0..<24 {
      let guards = try (0..<Int(random.next() % 3) + 1).map { place in
        try GuardTests.guardian(bodies[Int(random.next() % UInt64(bodies.count))], file: "guards/g\(place)")
      }
      waits += try GuardPropertyTests.expectNarrower(guards, rounds: 6, seed: UInt64(mixture))
    }
    #expect(waits > 20, "some of them narrow")
  }
}

extension Slow {
  struct HostileGuardTests {
    @Test(arguments: HostileCorpus.all)
    func `a hostile guard can only make contacts wait`(hostile: HostileCase) throws {
      let source = """
        \(HostileScript.prelude)
        return { params = { max_wait = 1, text = 'p' }, guard = function(contact, choice, fleet)
        do \(hostile.body) end
        return nil
        end }
        """
      guard
        let guardian = try? CompiledPolicy(
          file: "guards/hostile", source: Array(source.utf8), limits: HostileScript.unhurried, kind: .guard)
      else { return }
      _ = try GuardPropertyTests.expectNarrower([guardian], rounds: 1, seed: 5)
    }
  }
}
