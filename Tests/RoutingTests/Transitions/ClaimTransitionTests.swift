import Testing

@testable import Routing

struct ClaimTransitionTests {
  @Test(arguments: ClaimInput.facts)
  func `a claim changes`(fact: TransitionFact<ClaimInput, ClaimInput.Found>) {
    #expect(fact.problem(of: ClaimInput.found) == nil)
  }

  @Test func `each mutant of the transition fails a fact, and each fact catches a mutant`() {
    expectCaught(ClaimInput.mutants, by: ClaimInput.facts, atLeast: 40)
  }
}

/// A pending message that is claimed.
struct ClaimInput: Sendable {
  var leadOptedOut = false
  var pace = Pace.none
  var draw = 0.5

  struct Found: Equatable, Sendable {
    var changes: ClaimChanges
    var draws = 0
  }

  static func found(_ input: ClaimInput) -> Found {
    let device = Device(key: DeviceKey(1), id: DeviceID("D1")!, pace: input.pace)
    var draws = 0
    let changes = ClaimTransition.claim(
      leadOptedOut: input.leadOptedOut, on: device,
      draw: {
        draws += 1
        return input.draw
      }, now: now)
    return Found(changes: changes, draws: draws)
  }

  private static let pace = Pace(minimumSeconds: 2, maximumSeconds: 4)!
  private static let cancelled = Found(
    changes: .cancel(
      MessageChange(.cancelled, error: "the lead opted out"),
      EnrolmentChange(.cancelled, reason: "the lead opted out", code: .optedOut, attempts: .kept, endedAt: now)))

  static let facts: [TransitionFact<ClaimInput, Found>] = [
    TransitionFact(
      "a message to a lead that opted out is cancelled with its enrolment, and paces nothing",
      (ClaimInput(leadOptedOut: true), cancelled), (ClaimInput(leadOptedOut: true, pace: pace), cancelled)),
    TransitionFact(
      "a device without a pace may send at once, and nothing is drawn",
      (ClaimInput(), Found(changes: .lease(nextSendAt: nil)))),
    TransitionFact(
      "a device with a pace pauses for a drawn time between its bounds",
      (ClaimInput(pace: pace, draw: 0), Found(changes: .lease(nextSendAt: seconds(2)), draws: 1)),
      (ClaimInput(pace: pace, draw: 0.5), Found(changes: .lease(nextSendAt: seconds(3)), draws: 1))),
    TransitionFact(
      "a drawn pause of no length is none",
      (
        ClaimInput(pace: Pace(minimumSeconds: 0, maximumSeconds: 4)!, draw: 0),
        Found(changes: .lease(nextSendAt: nil), draws: 1)
      )),
  ]

  static var mutants: [Mutant<ClaimInput, Found>] {
    func bent(_ name: String, _ bend: @escaping (inout Found, ClaimInput) -> Void) -> Mutant<ClaimInput, Found> {
      Mutant(name) { input in
        var found = ClaimInput.found(input)
        bend(&found, input)
        return found
      }
    }
    func cancels<Change>(
      _ name: String, _ bends: [Bend<Change>],
      _ apply: @escaping (Bend<Change>, inout MessageChange, inout EnrolmentChange) -> Void
    ) -> [Mutant<ClaimInput, Found>] {
      bends.map { bend in
        bent("\(name): \(bend.name)") { found, _ in
          guard case .cancel(var message, var enrolment) = found.changes else { return }
          apply(bend, &message, &enrolment)
          found.changes = .cancel(message, enrolment)
        }
      }
    }
    return cancels("message", Bend<MessageChange>.message) { bend, message, _ in bend.apply(&message) }
      + cancels("enrolment", Bend<EnrolmentChange>.enrolment) { bend, _, enrolment in bend.apply(&enrolment) }
      + [
        Mutant("opt-outs are ignored") {
          var input = $0
          input.leadOptedOut = false
          return ClaimInput.found(input)
        },
        Mutant("everybody opted out") { _ in cancelled },
        Mutant("paces are ignored") {
          var input = $0
          input.pace = .none
          return ClaimInput.found(input)
        },
        Mutant("the longest pause always") {
          var input = $0
          input.draw = 1
          return ClaimInput.found(input)
        },
        bent("a pause of no length ends now") { found, _ in
          if found.changes == .lease(nextSendAt: nil) { found.changes = .lease(nextSendAt: now) }
        },
        bent("a pause from its second on") { found, _ in
          if case .lease(let next?) = found.changes { found.changes = .lease(nextSendAt: next.advanced(bySeconds: 1)) }
        },
        bent("a draw for each message") { found, _ in found.draws += 1 - found.draws },
        bent("a draw for a cancelled message") { found, input in if input.leadOptedOut { found.draws += 1 } },
      ]
  }
}
