import Testing

@testable import Routing

struct TriggerTransitionTests {
  typealias SequenceMutant = Mutant<TriggerEvent, SequenceResult>
  typealias TriggerMutant = Mutant<[SequenceResult], TriggerChange>

  @Test(arguments: sequenceFacts)
  func `a trigger does in a sequence`(fact: TransitionFact<TriggerEvent, SequenceResult>) {
    #expect(fact.problem(of: Self.result) == nil)
  }

  @Test(arguments: triggerFacts)
  func `a trigger ends`(fact: TransitionFact<[SequenceResult], TriggerChange>) {
    #expect(fact.problem(of: Self.change) == nil)
  }

  @Test func `a new enrolment is scheduled, and decided first when it is due`() {
    #expect(Self.enrolment.status == .scheduled)
    #expect(Self.enrolment.nextAt == Self.enrolment.dueAt)
  }

  @Test(arguments: [(-60, 60), (0, 60), (60, 60), (61, 61), (3599, 3599), (3600, 3600), (9_000_000, 3600)])
  func `a trigger whose policy failed waits for as long as it has been open, from a minute to an hour`(
    open: Int64, wait: Int64
  ) {
    #expect(TriggerTransition.retry(seconds(60), openSince: seconds(-open), now: now) == seconds(wait))
  }

  @Test func `each mutant of the result for a sequence fails a fact, and each fact catches a mutant`() {
    expectCaught(Self.sequenceMutants, by: Self.sequenceFacts, atLeast: 20)
  }

  @Test func `each mutant of the trigger's change fails a fact, and each fact catches a mutant`() {
    expectCaught(Self.triggerMutants, by: Self.triggerFacts, atLeast: 10)
  }
}

// MARK: - Facts

extension TriggerTransitionTests {
  private static func result(_ event: TriggerEvent) -> SequenceResult {
    TriggerTransition.after(
      event, lead: "ana", sequence: "welcome", firstDelayMilliseconds: 5000, openSince: seconds(-300), now: now)
  }

  private static func change(_ results: [SequenceResult]) -> TriggerChange { TriggerTransition.change(after: results) }

  private static let enrolment = NewEnrolment(
    id: "welcome/ana", step: 1, dueAt: seconds(5), device: DeviceKey(1), reason: "own")

  static let sequenceFacts: [TransitionFact<TriggerEvent, SequenceResult>] = [
    TransitionFact("nothing for a lead that is enrolled", (.alreadyEnrolled, .alreadyEnrolled)),
    TransitionFact(
      "a wait of an hour for a lead whose row cannot be read",
      (
        .unreadable("tags: no"),
        .waits(until: seconds(3600), reason: "this lead's row cannot be read: tags: no")
      )),
    TransitionFact(
      "a wait of an hour for an id that another lead's enrolment has",
      (
        .idTaken("welcome/ana"),
        .waits(until: seconds(3600), reason: "an enrolment called 'welcome/ana' exists: rename the lead")
      )),
    TransitionFact(
      "an enrolment at the first step, due its delay after now",
      (.chosen(.enrol(device: DeviceKey(1), reason: "own")), .enrolled(enrolment))),
    TransitionFact(
      "an enrolment without a device, and a reason in any case",
      (
        .chosen(.enrol(device: nil, reason: "")),
        .enrolled(
          NewEnrolment(id: "welcome/ana", step: 1, dueAt: seconds(5), device: nil, reason: "no reason given"))
      )),
    TransitionFact(
      "nothing for a lead that is left out, for a reason",
      (.chosen(.leaveOut(reason: "vip")), .leftOut(reason: "vip")),
      (.chosen(.leaveOut(reason: "")), .leftOut(reason: "no reason given"))),
    TransitionFact(
      "a wait that was chosen",
      (.chosen(.wait(until: seconds(9), reason: "later")), .waits(until: seconds(9), reason: "later")),
      (.chosen(.wait(until: seconds(9), reason: "")), .waits(until: seconds(9), reason: "no reason given"))),
    TransitionFact(
      "a wait as long as the trigger has been open, if the policy failed",
      (.chosen(.failed(until: seconds(60), reason: "fault")), .waits(until: seconds(300), reason: "fault")),
      (.chosen(.failed(until: seconds(900), reason: "fault")), .waits(until: seconds(900), reason: "fault"))),
  ]

  private static func waits(_ count: Int64, _ reason: String) -> SequenceResult {
    .waits(until: seconds(count), reason: reason)
  }

  static let triggerFacts: [TransitionFact<[SequenceResult], TriggerChange>] = [
    TransitionFact(
      "consumed when the lead is enrolled already in all sequences",
      ([.alreadyEnrolled], .consume(reason: "already enrolled")), ([], .consume(reason: "already enrolled")),
      ([.alreadyEnrolled, .alreadyEnrolled], .consume(reason: "already enrolled"))),
    TransitionFact(
      "consumed when the lead was enrolled in any sequence",
      ([.enrolled(enrolment)], .consume(reason: "enrolled")),
      ([.alreadyEnrolled, .enrolled(enrolment)], .consume(reason: "enrolled")),
      ([.enrolled(enrolment), .leftOut(reason: "vip")], .consume(reason: "enrolled")),
      ([.leftOut(reason: "vip"), .enrolled(enrolment)], .consume(reason: "enrolled"))),
    TransitionFact(
      "consumed for the first reason for which the lead was left out",
      ([.leftOut(reason: "vip"), .leftOut(reason: "other")], .consume(reason: "vip")),
      ([.alreadyEnrolled, .leftOut(reason: "vip")], .consume(reason: "vip"))),
    TransitionFact(
      "open while any sequence waits",
      ([waits(9, "later")], .wait(until: seconds(9), reason: "later")),
      ([.enrolled(enrolment), waits(9, "later")], .wait(until: seconds(9), reason: "later")),
      ([waits(9, "later"), .leftOut(reason: "vip")], .wait(until: seconds(9), reason: "later")),
      ([waits(9, "later"), .enrolled(enrolment)], .wait(until: seconds(9), reason: "later"))),
    TransitionFact(
      "open until the earliest wait ends, the first of equal ones",
      ([waits(9, "a"), waits(5, "b")], .wait(until: seconds(5), reason: "b")),
      ([waits(5, "a"), waits(9, "b")], .wait(until: seconds(5), reason: "a")),
      ([waits(5, "a"), waits(5, "b")], .wait(until: seconds(5), reason: "a"))),
  ]
}

// MARK: - Mutants

extension TriggerTransitionTests {
  private static var sequenceMutants: [SequenceMutant] {
    func bent(_ name: String, _ bend: @escaping (SequenceResult) -> SequenceResult) -> SequenceMutant {
      Mutant(name) { bend(result($0)) }
    }
    func misled(_ name: String, _ mislead: @escaping (TriggerEvent) -> TriggerEvent) -> SequenceMutant {
      Mutant(name) { result(mislead($0)) }
    }
    let enrolments: [Bend<NewEnrolment>] =
      Bend<NewEnrolment>.within("id", \.id, Bend<String>.text) + Bend<NewEnrolment>.increment("step", \.step)
      + Bend<NewEnrolment>.within("due time", \.dueAt, Bend<Instant>.moment)
      + Bend<NewEnrolment>.within("device", \.device, DeviceKey(7), Bend<DeviceKey>.device)
      + Bend<NewEnrolment>.within("reason", \.reason, Bend<String>.text)
      + [
        Bend("due now") { $0.dueAt = now },
        Bend("a reason may be empty") { if $0.reason == "no reason given" { $0.reason = "" } },
      ]
    return enrolments.map { bend in
      bent("enrolment: \(bend.name)") {
        guard case .enrolled(var enrolment) = $0 else { return $0 }
        bend.apply(&enrolment)
        return .enrolled(enrolment)
      }
    } + [
      misled("enrolled twice") { $0 == .alreadyEnrolled ? .chosen(.enrol(device: nil, reason: "again")) : $0 },
      misled("a taken id is an enrolment") {
        if case .idTaken = $0 { return .alreadyEnrolled }
        return $0
      },
      misled("a taken id is taken over") {
        if case .idTaken = $0 { return .chosen(.enrol(device: nil, reason: "own")) }
        return $0
      },
      misled("an unreadable lead is left out") {
        if case .unreadable(let problem) = $0 { return .chosen(.leaveOut(reason: problem)) }
        return $0
      },
      misled("who is left out is enrolled") {
        if case .chosen(.leaveOut(let reason)) = $0 { return .chosen(.enrol(device: nil, reason: reason)) }
        return $0
      },
      misled("who waits is left out") {
        if case .chosen(.wait(_, let reason)) = $0 { return .chosen(.leaveOut(reason: reason)) }
        return $0
      },
      misled("the wait is for the next moment") {
        if case .chosen(.wait(_, let reason)) = $0 { return .chosen(.wait(until: now, reason: reason)) }
        return $0
      },
      misled("a fault is tried again after a minute") {
        if case .chosen(.failed(let until, let reason)) = $0 { return .chosen(.wait(until: until, reason: reason)) }
        return $0
      },
      misled("a fault leaves the lead out") {
        if case .chosen(.failed(_, let reason)) = $0 { return .chosen(.leaveOut(reason: reason)) }
        return $0
      },
      bent("a wait of a minute for an hour") {
        if case .waits(seconds(3600), let reason) = $0 { return .waits(until: seconds(60), reason: reason) }
        return $0
      },
      bent("no name of the problem") {
        if case .waits(let until, let reason) = $0 {
          return .waits(until: until, reason: String(reason.prefix { $0 != ":" }))
        }
        return $0
      },
      bent("a wait may have an empty reason") {
        $0 == waits(9, "no reason given") ? waits(9, "") : $0
      },
      bent("who is left out may have an empty reason") {
        $0 == .leftOut(reason: "no reason given") ? .leftOut(reason: "") : $0
      },
      bent("who is left out is enrolled already") {
        if case .leftOut = $0 { return .alreadyEnrolled }
        return $0
      },
    ]
  }

  private static var triggerMutants: [TriggerMutant] {
    func misled(_ name: String, _ mislead: @escaping ([SequenceResult]) -> [SequenceResult]) -> TriggerMutant {
      Mutant(name) { change(mislead($0)) }
    }
    func isWait(_ result: SequenceResult) -> Bool { if case .waits = result { true } else { false } }
    func isEnrolled(_ result: SequenceResult) -> Bool { if case .enrolled = result { true } else { false } }
    func isLeftOut(_ result: SequenceResult) -> Bool { if case .leftOut = result { true } else { false } }
    return [
      misled("waits are ignored") { $0.filter { !isWait($0) } },
      misled("an enrolment ends all waits") { $0.contains(where: isEnrolled) ? $0.filter { !isWait($0) } : $0 },
      misled("who is left out ends all waits") { $0.contains(where: isLeftOut) ? $0.filter { !isWait($0) } : $0 },
      misled("the last result counts") { $0.suffix(1) },
      misled("the first result counts") { $0.prefix(1) + [] },
      misled("the last wait counts") { results in results.filter { !isWait($0) } + results.filter(isWait).suffix(1) },
      misled("the first wait counts") { results in results.filter { !isWait($0) } + results.filter(isWait).prefix(1) },
      misled("the last of equal ones") { $0.reversed() },
      misled("enrolments are not told") { $0.filter { !isEnrolled($0) } },
      misled("who is left out has no reason") { $0.filter { !isLeftOut($0) } },
      misled("the first reason comes before an enrolment") {
        $0.contains(where: isLeftOut) ? $0.filter { !isEnrolled($0) } : $0
      },
      Mutant("the latest wait counts") { results in
        var latest: (until: Instant, reason: String)?
        for case .waits(let until, let reason) in results where latest.map({ until > $0.until }) ?? true {
          latest = (until, reason)
        }
        return latest.map { .wait(until: $0.until, reason: $0.reason) } ?? change(results)
      },
      Mutant("a trigger without results waits") {
        $0.isEmpty ? .wait(until: seconds(3600), reason: "nothing matches") : change($0)
      },
      Mutant("an enrolled lead's trigger stays open") {
        !$0.isEmpty && $0.allSatisfy { $0 == .alreadyEnrolled } ? .wait(until: now, reason: "enrolled") : change($0)
      },
    ]
  }
}
