import Testing

@testable import Routing

struct SendTransitionTests {
  @Test(arguments: SendInput.facts)
  func `the end of an attempt changes`(fact: TransitionFact<SendInput, SendChanges>) {
    #expect(fact.problem(of: SendInput.changes) == nil)
  }

  @Test func `each mutant of the transition fails a fact, and each fact catches a mutant`() {
    let generated = mutants(of: SendInput.changes, by: \.kind, SendInput.bends)
    expectCaught(generated + SendInput.mutants, by: SendInput.facts, atLeast: 300)
  }

  @Test func `the later of two pauses wins, and the earlier one at equal ends`() {
    let facts: [TransitionFact<Instant?, Bool>] = [
      TransitionFact("a pause replaces none", (nil, true)),
      TransitionFact("a pause replaces one that ends earlier", (seconds(-1), true), (seconds(59), true)),
      TransitionFact("a pause does not replace one that ends later", (seconds(61), false)),
      TransitionFact("a pause does not replace one with the same end", (seconds(60), false)),
    ]
    let real = { (current: Instant?) in DevicePause(until: seconds(60), reason: "down").replaces(current) }
    for fact in facts { #expect(fact.problem(of: real) == nil) }
    let mutants: [Mutant<Instant?, Bool>] = [
      Mutant("always") { _ in true }, Mutant("never") { _ in false }, Mutant("the earlier wins") { !real($0) },
      Mutant("the later one at equal ends") { real($0) || $0 == seconds(60) },
      Mutant("none is kept") { $0 != nil && real($0) },
      Mutant("only after it has ended") { real($0) && ($0 ?? now) <= now },
    ]
    expectCaught(mutants, by: facts, atLeast: 6)
  }

  @Test func `a message is awaited by a queued enrolment that is at its step`() {
    for status in EnrolmentStatus.allCases {
      for step in 1...3 {
        let claim = ClaimedMessage(
          step: StepPosition(2, nextDelayMilliseconds: nil), enrolmentStatus: status, enrolmentStep: step,
          enrolmentReason: nil)
        #expect(claim.isAwaited == (status == .queued && step == 2))
      }
    }
  }

  @Test func `outcomes of attempts have the names of the schema`() {
    #expect(
      AttemptOutcome.allCases.map(\.rawValue) == ["accepted", "unknown", "refused", "device_fault", "not_sent"])
  }
}

/// A claimed message and the outcome of its attempt.
struct SendInput: Sendable {
  var outcome: SendOutcome
  var claim: ClaimedMessage

  init(
    _ outcome: SendOutcome, status: EnrolmentStatus = .queued, step: Int = 2, reason: String? = nil, last: Bool = false
  ) {
    self.outcome = outcome
    claim = ClaimedMessage(
      step: StepPosition(2, nextDelayMilliseconds: last ? nil : 5000), enrolmentStatus: status, enrolmentStep: step,
      enrolmentReason: reason)
  }

  static func changes(_ input: SendInput) -> SendChanges {
    SendTransition.after(input.outcome, of: input.claim, now: now)
  }

  enum Kind: CaseIterable {
    case accepted, acceptedLast, unknown, refused, deviceFault, notSent
    case acceptedLate, unknownLate, refusedLate, deviceFaultLate, notSentLate
  }

  var kind: Kind {
    let isLate = !(claim.enrolmentStatus == .queued && claim.enrolmentStep == claim.step.number)
    switch outcome {
    case .accepted where claim.step.nextDelayMilliseconds == nil && !isLate: return .acceptedLast
    case .accepted: return isLate ? .acceptedLate : .accepted
    case .unknown: return isLate ? .unknownLate : .unknown
    case .refused: return isLate ? .refusedLate : .refused
    case .deviceFault: return isLate ? .deviceFaultLate : .deviceFault
    case .notSent: return isLate ? .notSentLate : .notSent
    }
  }
}

// MARK: - Facts

extension SendInput {
  private static func counts(sent: Int = 0, returned: Int = 0, failed: Int = 0, unknown: Int = 0) -> SendCounts {
    var counts = SendCounts()
    (counts.sent, counts.returned, counts.failed, counts.unknown) = (sent, returned, failed, unknown)
    return counts
  }

  private static func accepted(_ enrolment: EnrolmentChange?, gatewayID: String? = "G1") -> SendChanges {
    SendChanges(
      message: MessageChange(.sent, sentAt: now, gatewayID: gatewayID),
      attempt: AttemptChange(.accepted, gatewayID: gatewayID), enrolment: enrolment, counts: counts(sent: 1))
  }

  private static func unknown(_ enrolment: EnrolmentChange?, _ reason: String = "timeout") -> SendChanges {
    SendChanges(
      message: MessageChange(.unknown, error: reason), attempt: AttemptChange(.unknown, error: reason),
      enrolment: enrolment, counts: counts(unknown: 1))
  }

  private static func refused(_ enrolment: EnrolmentChange?, _ reason: String = "no such number") -> SendChanges {
    SendChanges(
      message: MessageChange(.failed, error: reason, advancesTry: true),
      attempt: AttemptChange(.refused, error: reason),
      enrolment: enrolment, counts: counts(failed: 1))
  }

  private static func returned(
    _ status: MessageStatus, _ outcome: AttemptOutcome, error: String = "down", reason: String = "down",
    pauseSeconds: Int64? = nil
  ) -> SendChanges {
    SendChanges(
      message: MessageChange(status, error: error, advancesTry: true), attempt: AttemptChange(outcome, error: reason),
      pause: pauseSeconds.map { DevicePause(until: seconds($0), reason: reason) }, counts: counts(returned: 1))
  }

  private static let fault = SendOutcome.deviceFault(reason: "down", pauseSeconds: 60)

  static let facts: [TransitionFact<SendInput, SendChanges>] = [
    TransitionFact(
      "an accepted message completes the step now",
      (
        SendInput(.accepted(gatewayID: "G1"), reason: "old"),
        accepted(
          EnrolmentChange(.scheduled, step: 3, dueAt: seconds(5), nextAt: seconds(5), attempts: .reset))
      )),
    TransitionFact(
      "an accepted message of the last step completes the enrolment",
      (
        SendInput(.accepted(gatewayID: nil), last: true),
        accepted(EnrolmentChange(.completed, attempts: .reset, endedAt: now), gatewayID: nil)
      )),
    TransitionFact(
      "an accepted message that is not awaited is a send, and its enrolment stays",
      (SendInput(.accepted(gatewayID: "G1"), status: .cancelled), accepted(nil)),
      (SendInput(.accepted(gatewayID: "G1"), step: 3), accepted(nil)),
      (SendInput(.accepted(gatewayID: "G1"), status: .scheduled, step: 3), accepted(nil))),
    TransitionFact(
      "an unknown outcome leaves the enrolment queued, with the reason",
      (
        SendInput(.unknown(reason: "timeout"), reason: "old"),
        unknown(EnrolmentChange(.queued, reason: "timeout", attempts: .kept))
      ),
      (
        SendInput(.unknown(reason: "")),
        unknown(EnrolmentChange(.queued, reason: "no reason given", attempts: .kept), "no reason given")
      )),
    TransitionFact(
      "an unknown outcome of a message that is not awaited changes no enrolment",
      (SendInput(.unknown(reason: "timeout"), status: .cancelled, reason: "old"), unknown(nil))),
    TransitionFact(
      "a refused message fails its enrolment, which keeps its attempts",
      (
        SendInput(.refused(reason: "no such number"), reason: "old"),
        refused(EnrolmentChange(.failed, reason: "no such number", attempts: .kept, endedAt: now))
      ),
      (
        SendInput(.refused(reason: "")),
        refused(
          EnrolmentChange(.failed, reason: "no reason given", attempts: .kept, endedAt: now), "no reason given")
      )),
    TransitionFact(
      "a refused message that is not awaited fails alone",
      (SendInput(.refused(reason: "no such number"), status: .cancelled, reason: "old"), refused(nil))),
    TransitionFact(
      "a fault of the device returns the message and pauses the device",
      (SendInput(fault, reason: "old"), returned(.pending, .deviceFault, pauseSeconds: 60)),
      (
        SendInput(.deviceFault(reason: "", pauseSeconds: 60)),
        returned(
          .pending, .deviceFault, error: "no reason given", reason: "no reason given", pauseSeconds: 60)
      )),
    TransitionFact(
      "a pause is never negative",
      (
        SendInput(.deviceFault(reason: "down", pauseSeconds: -5)), returned(.pending, .deviceFault, pauseSeconds: 0)
      ),
      (
        SendInput(.deviceFault(reason: "down", pauseSeconds: 0)), returned(.pending, .deviceFault, pauseSeconds: 0)
      )),
    TransitionFact(
      "a fault of the device pauses it even if the message is not awaited",
      (
        SendInput(fault, status: .cancelled, reason: "stop"),
        returned(.cancelled, .deviceFault, error: "stop", pauseSeconds: 60)
      )),
    TransitionFact(
      "a message that was not sent is returned",
      (SendInput(.notSent(reason: "down"), reason: "old"), returned(.pending, .notSent)),
      (
        SendInput(.notSent(reason: "")),
        returned(.pending, .notSent, error: "no reason given", reason: "no reason given")
      )),
    TransitionFact(
      "a returned message that is not awaited is cancelled for the enrolment's reason",
      (
        SendInput(.notSent(reason: "down"), status: .cancelled, reason: "stop"),
        returned(.cancelled, .notSent, error: "stop")
      ),
      (SendInput(.notSent(reason: "down"), status: .completed), returned(.cancelled, .notSent)),
      (SendInput(.notSent(reason: "down"), step: 3), returned(.cancelled, .notSent))),
  ]
}

// MARK: - Mutants

extension SendInput {
  /// Wrong values of each field.
  static var bends: [Bend<SendChanges>] {
    let attempt =
      Bend<AttemptChange>.cases("outcome", \.outcome)
      + Bend<AttemptChange>.within("error", \.error, "an error", Bend<String>.text)
      + Bend<AttemptChange>.within("gateway id", \.gatewayID, "G7", Bend<String>.text)
    let pause =
      Bend<DevicePause>.within("until", \.until, Bend<Instant>.moment)
      + Bend<DevicePause>.within("reason", \.reason, Bend<String>.text)
    return Bend<SendChanges>.within("message", \.message, Bend<MessageChange>.message)
      + Bend<SendChanges>.within("attempt", \.attempt, attempt)
      + Bend<SendChanges>.within(
        "enrolment", \.enrolment, EnrolmentChange(.queued, attempts: .kept), Bend<EnrolmentChange>.enrolment)
      + [Bend<SendChanges>("advances the try or does not") { $0.message.advancesTry.toggle() }]
      + Bend<SendChanges>.within("pause", \.pause, DevicePause(until: seconds(7), reason: "?"), pause)
      + Bend<SendChanges>.within("counts", \.counts, Bend<SendCounts>.counts)
  }

  /// The real transition with wrong conditions.
  static var mutants: [Mutant<SendInput, SendChanges>] {
    func misled(_ name: String, _ mislead: @escaping (inout SendInput) -> Void) -> Mutant<SendInput, SendChanges> {
      Mutant(name) { input in
        var input = input
        mislead(&input)
        return SendInput.changes(input)
      }
    }
    func bent(_ name: String, _ bend: @escaping (inout SendChanges, SendInput) -> Void) -> Mutant<
      SendInput, SendChanges
    > {
      Mutant(name) { input in
        var changes = SendInput.changes(input)
        bend(&changes, input)
        return changes
      }
    }
    return [
      misled("every message is awaited") {
        ($0.claim.enrolmentStatus, $0.claim.enrolmentStep) = (.queued, $0.claim.step.number)
      },
      misled("a message is awaited at any step") { $0.claim.enrolmentStep = $0.claim.step.number },
      misled("a message is awaited in any state") { $0.claim.enrolmentStatus = .queued },
      misled("an open enrolment awaits its message") {
        if $0.claim.enrolmentStatus.isOpen {
          ($0.claim.enrolmentStatus, $0.claim.enrolmentStep) = (.queued, $0.claim.step.number)
        }
      },
      misled("no message is awaited") { $0.claim.enrolmentStatus = .cancelled },
      misled("every step is the last") { $0.claim.step.nextDelayMilliseconds = nil },
      misled("no step is the last") {
        $0.claim.step.nextDelayMilliseconds = $0.claim.step.nextDelayMilliseconds ?? 0
      },
      misled("the enrolment's reason is lost") { $0.claim.enrolmentReason = nil },
      misled("the gateway's id is lost") { if case .accepted = $0.outcome { $0.outcome = .accepted(gatewayID: nil) } },
      misled("not sent is the device's fault") {
        if case .notSent(let reason) = $0.outcome { $0.outcome = .deviceFault(reason: reason, pauseSeconds: 60) }
      },
      misled("unknown is not sent") {
        if case .unknown(let reason) = $0.outcome { $0.outcome = .notSent(reason: reason) }
      },
      misled("the device's fault is the message's") {
        if case .deviceFault(let reason, _) = $0.outcome { $0.outcome = .refused(reason: reason) }
      },
      bent("a pause may be negative") { changes, input in
        if case .deviceFault(let reason, let length) = input.outcome {
          changes.pause = DevicePause(until: seconds(length), reason: changes.pause?.reason ?? reason)
        }
      },
      bent("a pause of no length is none") { changes, _ in
        if changes.pause?.until == now { changes.pause = nil }
      },
      bent("no pause unless the message is awaited") { changes, input in
        if input.kind == .deviceFaultLate { changes.pause = nil }
      },
      bent("a pause as if its seconds were milliseconds") { changes, input in
        if case .deviceFault(_, let length) = input.outcome {
          changes.pause?.until = now.advanced(byMilliseconds: max(length, 0))
        }
      },
      bent("the enrolment keeps its old reason") { changes, input in
        changes.enrolment?.reason = input.claim.enrolmentReason
      },
      bent("a returned message keeps the enrolment's reason while it is awaited") { changes, input in
        if changes.message.status == .pending { changes.message.error = input.claim.enrolmentReason ?? "down" }
      },
      bent("a send that is not awaited does not count") { changes, input in
        if input.kind == .acceptedLate { changes.counts.sent = 0 }
      },
      bent("a send that is not awaited is not recorded") { changes, input in
        if input.kind == .acceptedLate { changes.message.sentAt = nil }
      },
      bent("a cancelled message is a failed one") { changes, _ in
        if changes.message.status == .cancelled { changes.counts = counts(failed: 1) }
      },
      bent("a reason may be empty") { changes, _ in
        if changes.message.error == "no reason given" { changes.message.error = "" }
      },
    ]
  }
}
