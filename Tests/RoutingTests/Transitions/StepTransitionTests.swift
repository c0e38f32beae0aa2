import Testing

@testable import Routing

struct StepTransitionTests {
  @Test(arguments: StepInput.facts)
  func `a due step changes`(fact: TransitionFact<StepInput, StepChanges>) {
    #expect(fact.problem(of: StepInput.changes) == nil)
  }

  @Test func `each mutant of the transition fails a fact, and each fact catches a mutant`() {
    let generated = mutants(of: StepInput.changes, by: \.kind, StepInput.bends)
    expectCaught(generated + StepInput.mutants, by: StepInput.facts, atLeast: 500)
  }

  @Test func `an state applies the fields that a change sets, and keeps the others`() {
    let lead = LeadState(key: LeadKey(1), phone: "+60123456789", name: nil, tags: [], attributes: [], isOptedOut: false)
    let state = EnrolmentState(
      key: EnrolmentKey(1), id: ContactID(stored: "s/l"), lead: lead, sequence: 0, step: 2, status: .waiting,
      dueAt: now, nextAt: seconds(1), attempts: 3, assigned: nil, lastDevice: nil)
    var kept = state
    kept.apply(EnrolmentChange(.queued, attempts: .kept))
    #expect(kept.status == .queued && kept.step == 2 && kept.dueAt == now && kept.nextAt == nil && kept.attempts == 3)
    var waiting = state
    waiting.apply(EnrolmentChange(.waiting, nextAt: seconds(2), attempts: .incremented))
    #expect(waiting.status == .waiting && waiting.nextAt == seconds(2) && waiting.attempts == 4)
    var next = state
    next.apply(EnrolmentChange(.scheduled, step: 3, dueAt: seconds(9), nextAt: seconds(9), attempts: .reset))
    #expect(next.step == 3 && next.dueAt == seconds(9) && next.nextAt == seconds(9) && next.attempts == 0)
  }
}

/// A due step and what happened to it.
struct StepInput: Sendable {
  enum Event: Sendable {
    case decided(StepCommit, assigned: DeviceKey?)
    case unreadable(String)
    case hasMessage(MessageStatus, sentAt: Instant?, error: String?)
  }

  var event: Event
  var step = StepPosition(2, nextDelayMilliseconds: 5000)

  init(_ event: Event, last: Bool = false, nextDelay: Int64 = 5000) {
    self.event = event
    step.nextDelayMilliseconds = last ? nil : nextDelay
  }

  static func changes(_ input: StepInput) -> StepChanges {
    switch input.event {
    case .decided(let commit, let assigned):
      StepTransition.decided(commit, at: input.step, assigned: assigned, now: now)
    case .unreadable(let problem): StepTransition.unreadable(problem, now: now)
    case .hasMessage(let status, let sentAt, let error):
      StepTransition.hasMessage(status, sentAt: sentAt, error: error, at: input.step, now: now)
    }
  }

  enum Kind: CaseIterable {
    case use, move, wait, fault, skip, skipLast, cancel, unreadable
    case pending, sending, unknown, sent, delivered, read, expired, failed, cancelled
  }

  var kind: Kind {
    switch event {
    case .decided(.queue(_, _, let moves, _), _): moves ? .move : .use
    case .decided(.wait(let decision, _), _): decision.fault == nil ? .wait : .fault
    case .decided(.skip, _): step.nextDelayMilliseconds == nil ? .skipLast : .skip
    case .decided(.cancel, _): .cancel
    case .unreadable: .unreadable
    case .hasMessage(.pending, _, _): .pending
    case .hasMessage(.sending, _, _): .sending
    case .hasMessage(.unknown, _, _): .unknown
    case .hasMessage(.sent, _, _): .sent
    case .hasMessage(.delivered, _, _): .delivered
    case .hasMessage(.read, _, _): .read
    case .hasMessage(.expired, _, _): .expired
    case .hasMessage(.failed, _, _): .failed
    case .hasMessage(.cancelled, _, _): .cancelled
    }
  }
}

// MARK: - Facts

extension StepInput {
  private static let one = DeviceKey(1)
  private static let two = DeviceKey(2)

  private static func decision(
    _ reason: String = "why", code: ReasonCode? = nil, fault: Fault? = nil, capacityAt: Instant? = nil,
    waitlist: Waitlist? = nil, latestEnd: Instant? = nil
  ) -> Decision {
    Decision(
      resolution: .skip, reason: reason, code: code, origin: DecisionOrigin(policy: "p", revision: "sha256:0"), seed: 1,
      instructions: 9, remarks: fault.map { DecisionRemarks(fault: $0, notes: []) }, capacityAt: capacityAt,
      waitlist: waitlist,
      latestEnd: latestEnd)
  }

  private static func queue(moves: Bool, assigned: DeviceKey?) -> StepInput {
    StepInput(.decided(.queue(decision(), device: one, moves: moves, content: "hi"), assigned: assigned))
  }

  private static func queued(_ outcome: Outcome, _ assignment: StepChanges.Assignment? = nil) -> StepChanges {
    StepChanges(
      decision: StepChanges.Entry(outcome, device: one),
      message: StepChanges.NewMessage(device: one, content: "hi"), assignment: assignment,
      enrolment: EnrolmentChange(.queued, attempts: .kept), counts: DecisionCounts(decided: 1, queued: 1), now: now)
  }

  private static func wait(_ decision: Decision = decision(), until: Instant) -> StepInput {
    StepInput(.decided(.wait(decision, until: until), assigned: one))
  }

  private static func waiting(
    until: Instant, reason: String = "why", code: ReasonCode? = nil, capacityAt: Instant? = nil, faults: Int = 0,
    isDueAgain: Bool = false, waitlist: Waitlist? = nil, nextAt: Instant? = nil
  ) -> StepChanges {
    var changes = StepChanges(
      decision: StepChanges.Entry(.wait, until: until),
      enrolment: EnrolmentChange(
        .waiting, nextAt: nextAt ?? until, reason: reason, code: code, capacityAt: capacityAt, waitlist: waitlist,
        attempts: .incremented,
        faults: faults),
      counts: DecisionCounts(decided: 1, waiting: 1, faults: faults), now: now)
    changes.isDueAgain = isDueAgain
    return changes
  }

  private static func scheduled(_ dueAt: Instant) -> EnrolmentChange {
    EnrolmentChange(.scheduled, step: 3, dueAt: dueAt, nextAt: dueAt, attempts: .reset)
  }

  private static func completed(_ at: Instant) -> EnrolmentChange {
    EnrolmentChange(.completed, attempts: .reset, endedAt: at)
  }

  private static func skipped(_ enrolment: EnrolmentChange, isDueAgain: Bool = false) -> StepChanges {
    var changes = StepChanges(
      decision: StepChanges.Entry(.skip), enrolment: enrolment, counts: DecisionCounts(decided: 1, skipped: 1),
      now: now)
    changes.isDueAgain = isDueAgain
    return changes
  }

  private static func skip(last: Bool = false, nextDelay: Int64 = 5000) -> StepInput {
    StepInput(.decided(.skip(decision()), assigned: nil), last: last, nextDelay: nextDelay)
  }

  private static func message(
    _ status: MessageStatus, sentAt: Instant? = nil, error: String? = nil, last: Bool = false
  ) -> StepInput {
    StepInput(.hasMessage(status, sentAt: sentAt, error: error), last: last)
  }

  private static func repaired(_ enrolment: EnrolmentChange, isDueAgain: Bool = false) -> StepChanges {
    var changes = StepChanges(enrolment: enrolment, counts: DecisionCounts(), now: now)
    changes.isDueAgain = isDueAgain
    return changes
  }

  private static func ended(
    _ status: EnrolmentStatus, _ reason: String, _ code: ReasonCode? = nil
  ) -> EnrolmentChange {
    EnrolmentChange(status, reason: reason, code: code, attempts: .reset, endedAt: now)
  }

  static let facts: [TransitionFact<StepInput, StepChanges>] = [
    TransitionFact(
      "a message is queued on the chosen device, and the assignment stays",
      (queue(moves: false, assigned: two), queued(.use)), (queue(moves: false, assigned: nil), queued(.use))),
    TransitionFact(
      "a move to another device assigns it and counts as a move",
      (queue(moves: true, assigned: two), queued(.move, .init(device: one, countsAsMove: true)))),
    TransitionFact(
      "a first assignment does not count as a move",
      (queue(moves: true, assigned: nil), queued(.move, .init(device: one, countsAsMove: false)))),
    TransitionFact(
      "a move to the assigned device assigns nothing", (queue(moves: true, assigned: one), queued(.move))),
    TransitionFact(
      "a wait is counted, with its reason and the time at which a device has capacity",
      (wait(until: seconds(60)), waiting(until: seconds(60))),
      (
        wait(decision("full", capacityAt: seconds(90)), until: seconds(60)),
        waiting(until: seconds(60), reason: "full", capacityAt: seconds(90))
      ),
      (wait(decision(""), until: seconds(60)), waiting(until: seconds(60), reason: "no reason given"))),
    TransitionFact(
      "a wait for capacity stands on its waitlist",
      (
        wait(decision("full", waitlist: .device(DeviceID(stored: "D1"))), until: seconds(60)),
        waiting(until: seconds(60), reason: "full", waitlist: .device(DeviceID(stored: "D1")))
      )),
    TransitionFact(
      "a plain wait without capacity stands on the fleet's waitlist, and is decided again at its own end",
      (
        wait(decision("full", capacityAt: seconds(60), latestEnd: seconds(900)), until: seconds(60)),
        waiting(
          until: seconds(60), reason: "full", capacityAt: seconds(60), waitlist: .fleet, nextAt: seconds(900))
      )),
    TransitionFact(
      "a wait has the code of its reason",
      (
        wait(decision("full", code: .noOpinion), until: seconds(60)),
        waiting(until: seconds(60), reason: "full", code: .noOpinion)
      )),
    TransitionFact(
      "a wait after a fault counts as a fault",
      (
        wait(decision(fault: Fault(.runtime, "no")), until: seconds(60)), waiting(until: seconds(60), faults: 1)
      )),
    TransitionFact(
      "a wait that has ended already is due again, until the very moment",
      (wait(until: now), waiting(until: now, isDueAgain: true)),
      (wait(until: seconds(-1)), waiting(until: seconds(-1), isDueAgain: true)),
      (
        wait(until: now.advanced(byMilliseconds: 1)), waiting(until: now.advanced(byMilliseconds: 1))
      )),
    TransitionFact(
      "the step after a skipped one is due its delay after now", (skip(), skipped(scheduled(seconds(5))))),
    TransitionFact(
      "a step without a delay is due again at once",
      (skip(nextDelay: 0), skipped(scheduled(now), isDueAgain: true)),
      (skip(nextDelay: 1), skipped(scheduled(now.advanced(byMilliseconds: 1))))),
    TransitionFact("a skipped last step completes the enrolment", (skip(last: true), skipped(completed(now)))),
    TransitionFact(
      "a cancelled enrolment ends now, without a decision",
      (
        StepInput(.decided(.cancel(reason: "stop", code: .optedOut), assigned: one)),
        StepChanges(
          enrolment: ended(.cancelled, "stop", .optedOut), counts: DecisionCounts(decided: 1, cancelled: 1), now: now)
      ),
      (
        StepInput(.decided(.cancel(reason: "", code: .optedOut), assigned: one)),
        StepChanges(
          enrolment: ended(.cancelled, "no reason given", .optedOut),
          counts: DecisionCounts(decided: 1, cancelled: 1), now: now)
      )),
    TransitionFact(
      "an unreadable row waits for an hour as a fault, and keeps its attempts",
      (
        StepInput(.unreadable("tags: no")),
        StepChanges(
          enrolment: EnrolmentChange(
            .waiting, nextAt: seconds(3600), reason: "this contact's row cannot be read: tags: no",
            code: .unreadableRow, attempts: .kept, faults: nil),
          counts: DecisionCounts(decided: 1, waiting: 1, faults: 1), now: now)
      )),
    TransitionFact(
      "a message that has not left keeps its enrolment queued",
      (message(.pending, error: "old"), repaired(EnrolmentChange(.queued, attempts: .reset))),
      (message(.sending, error: "old"), repaired(EnrolmentChange(.queued, attempts: .reset)))),
    TransitionFact(
      "a message of unknown state keeps its enrolment queued, with the message's error",
      (message(.unknown, error: "lost"), repaired(EnrolmentChange(.queued, reason: "lost", attempts: .reset))),
      (message(.unknown), repaired(EnrolmentChange(.queued, attempts: .reset)))),
    TransitionFact(
      "a message that was sent completes the step when it was sent",
      [MessageStatus.sent, .delivered, .read].flatMap { status in
        [
          (message(status, sentAt: seconds(-2)), repaired(scheduled(seconds(3)))),
          (message(status, sentAt: seconds(-5)), repaired(scheduled(now), isDueAgain: true)),
          (message(status), repaired(scheduled(seconds(5)))),
          (message(status, sentAt: seconds(-2), last: true), repaired(completed(seconds(-2)))),
        ]
      }),
    TransitionFact(
      "a message that expired completes the step now",
      (message(.expired, sentAt: seconds(-2), error: "late"), repaired(scheduled(seconds(5)))),
      (message(.expired, last: true), repaired(completed(now)))),
    TransitionFact(
      "a message that failed or was cancelled ends the enrolment with its error",
      (message(.failed, error: "no such number"), repaired(ended(.failed, "no such number"))),
      (message(.failed), repaired(ended(.failed, "no reason given"))),
      (message(.cancelled, sentAt: seconds(-2), error: "stop"), repaired(ended(.cancelled, "stop"))),
      (message(.cancelled), repaired(ended(.cancelled, "no reason given")))),
  ]
}

// MARK: - Mutants

extension StepInput {
  /// Wrong values of each field.
  static var bends: [Bend<StepChanges>] {
    typealias Entry = StepChanges.Entry
    typealias NewMessage = StepChanges.NewMessage
    typealias Assignment = StepChanges.Assignment
    let entry =
      Bend<Entry>.cases("outcome", \.outcome) + Bend<Entry>.within("device", \.device, two, Bend<DeviceKey>.device)
      + Bend<Entry>.within("until", \.until, seconds(7), Bend<Instant>.moment)
    let message =
      Bend<NewMessage>.within("device", \.device, Bend<DeviceKey>.device)
      + Bend<NewMessage>.within("content", \.content, Bend<String>.text)
    let assignment =
      Bend<Assignment>.within("device", \.device, Bend<DeviceKey>.device)
      + [Bend<Assignment>("counts the wrong moves") { $0.countsAsMove.toggle() }]
    return Bend<StepChanges>.within("decision", \.decision, Entry(.skip), entry)
      + Bend<StepChanges>.within("message", \.message, NewMessage(device: two, content: "?"), message)
      + Bend<StepChanges>.within("assignment", \.assignment, Assignment(device: two, countsAsMove: true), assignment)
      + Bend<StepChanges>.within("enrolment", \.enrolment, Bend<EnrolmentChange>.enrolment)
      + Bend<StepChanges>.within("counts", \.counts, Bend<DecisionCounts>.counts)
      + [Bend<StepChanges>("due again missed or made up") { $0.isDueAgain.toggle() }]
  }

  /// The real transition with wrong conditions.
  static var mutants: [Mutant<StepInput, StepChanges>] {
    func bent(_ name: String, _ bend: @escaping (inout StepChanges, StepInput) -> Void) -> Mutant<
      StepInput, StepChanges
    > {
      Mutant(name) { input in
        var changes = StepInput.changes(input)
        bend(&changes, input)
        return changes
      }
    }
    func misled(_ name: String, _ mislead: @escaping (inout StepInput) -> Void) -> Mutant<StepInput, StepChanges> {
      Mutant(name) { input in
        var input = input
        mislead(&input)
        return StepInput.changes(input)
      }
    }
    return [
      bent("due again only before now") { changes, _ in
        changes.isDueAgain = changes.enrolment.nextAt.map { $0 < now } ?? false
      },
      bent("due again up to a millisecond after now") { changes, _ in
        changes.isDueAgain = changes.enrolment.nextAt.map { $0 <= now.advanced(byMilliseconds: 1) } ?? false
      },
      bent("due again only after a wait") { changes, _ in
        if changes.enrolment.status != .waiting { changes.isDueAgain = false }
      },
      bent("due again without a next time") { changes, _ in
        if changes.enrolment.nextAt == nil { changes.isDueAgain = true }
      },
      bent("a move that changes nothing is an assignment") { changes, _ in
        if changes.decision?.outcome == .move {
          changes.assignment = changes.assignment ?? .init(device: one, countsAsMove: true)
        }
      },
      bent("a first assignment is a move") { changes, _ in changes.assignment?.countsAsMove = true },
      bent("a use assigns too") { changes, _ in
        if let message = changes.message { changes.assignment = .init(device: message.device, countsAsMove: true) }
      },
      bent("faults count twice") { changes, _ in changes.counts.faults *= 2 },
      bent("attempts start anew at each wait") { changes, _ in
        if changes.enrolment.attempts == .incremented { changes.enrolment.attempts = .reset }
      },
      bent("attempts survive the step") { changes, _ in
        if changes.enrolment.step != nil { changes.enrolment.attempts = .kept }
      },
      bent("the next step waits from its due time to the next time") { changes, _ in
        if changes.enrolment.step != nil { changes.enrolment.nextAt = nil }
      },
      bent("a time in the past is now") { changes, _ in
        changes.enrolment.nextAt = changes.enrolment.nextAt.map { max($0, now) }
      },
      bent("a reason may be empty") { changes, _ in
        if changes.enrolment.reason == "no reason given" { changes.enrolment.reason = "" }
      },
      bent("codes are lost") { changes, _ in changes.enrolment.code = nil },
      bent("a capacity time limits the wait") { changes, _ in
        changes.enrolment.nextAt = changes.enrolment.capacityAt ?? changes.enrolment.nextAt
      },
      misled("completion at now, whenever the message was sent") {
        if case .hasMessage(let status, _?, let error) = $0.event {
          $0.event = .hasMessage(status, sentAt: now, error: error)
        }
      },
      misled("completion of an expired message when it was sent") {
        if case .hasMessage(.expired, let sentAt?, let error) = $0.event {
          $0.event = .hasMessage(.sent, sentAt: sentAt, error: error)
        }
      },
      misled("a message of unknown state was sent") {
        if case .hasMessage(.unknown, let sentAt, let error) = $0.event {
          $0.event = .hasMessage(.sent, sentAt: sentAt, error: error)
        }
      },
      misled("errors are lost") {
        if case .hasMessage(let status, let sentAt, _) = $0.event {
          $0.event = .hasMessage(status, sentAt: sentAt, error: nil)
        }
      },
      misled("every step is the last") { $0.step.nextDelayMilliseconds = nil },
      misled("no step is the last") { $0.step.nextDelayMilliseconds = $0.step.nextDelayMilliseconds ?? 0 },
      misled("delays are ignored") {
        $0.step.nextDelayMilliseconds = $0.step.nextDelayMilliseconds.map { _ in 0 }
      },
      misled("the same step again") { $0.step.number -= 1 },
      misled("nobody is assigned") {
        if case .decided(let commit, _?) = $0.event { $0.event = .decided(commit, assigned: nil) }
      },
    ]
  }
}
