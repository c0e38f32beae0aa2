import DryRun
import Policies
import Routing
import Wire

/// The answer of `usher explain` in sentences. Times are in UTC and in the tenant's zone.
struct ExplainText {
  let explanation: ContactExplanation
  let devices: DeviceText
  let times: TimeText
  private var contact: ContactDetails { explanation.contact }

  init(_ explanation: ContactExplanation) {
    let times = TimeText(now: explanation.now, zone: explanation.tenant.timeZone)
    (self.explanation, self.times) = (explanation, times)
    devices = DeviceText(
      explanation.fleet, circumstances: explanation.circumstances, label: ExplainText.label, time: times.text)
  }

  /// `Sales 1 (D1)`; only the id if the name is the same.
  static func label(_ device: Device) -> String {
    device.name == device.id.text ? device.name : "\(device.name) (\(device.id))"
  }

  private func devices(of decided: ContactExplanation.Decided) -> DeviceText {
    DeviceText(
      decided.fleet, circumstances: decided.circumstances, label: ExplainText.label, time: times.text)
  }

  func name(_ id: DeviceID) -> String { explanation.fleet.position(of: id).map(devices.name) ?? id.text }

  // MARK: - Who

  var title: String {
    let who = [contact.name, contact.phone].compactMap(\.self).joined(separator: ", ")
    let owner = contact.assignedDevice.map { "assigned to \(name($0))" } ?? "no assigned device"
    let step = "step \(contact.step) of \(contact.steps)\(priority)"
    return "\(contact.id) of \(explanation.tenant.id): \(who); \(step); \(owner)"
  }

  /// ` (bulk)`; empty for a step of normal priority.
  private var priority: String { contact.priority == .normal ? "" : " (\(contact.priority.name))" }

  var moment: String { "as of \(times.full(explanation.now))" }

  // MARK: - Where it stands

  var state: String {
    var sentences = [position] + [otherWaitlist, ahead].compactMap(\.self)
    if explanation.isHeldBySequence {
      sentences.append(
        "The sequence '\(contact.sequence)' is \(contact.sequenceStatus): its steps are neither decided nor sent.")
    }
    if let at = contact.optedOutAt, contact.status.isOpen {
      sentences.append("The lead opted out at \(times.text(at)): nothing more is sent to it.")
    }
    return sentences.joined(separator: " ")
  }

  private var step: String { "step \(contact.step) of \(contact.steps)" }

  private var position: String {
    switch explanation.state {
    case .scheduled(let at): "\(step.capitalized(1)) becomes due at \(times.text(at))."
    case .due(let since, nil): "\(step.capitalized(1)) has been due since \(times.text(since))."
    case .due(let since, let reason?): "\(step.capitalized(1)) waited until \(times.text(since)): \(reason). It is due."
    case .waiting(let until, let reason):
      "\(step.capitalized(1)) \(place.map { "is \($0)" } ?? "waits until \(times.text(until))"): \(reason)."
    case .unreadable(let reason, _): "Its row cannot be read and is set aside: \(reason)."
    case .queued(let device, let since, let ahead, let hold, let returned):
      queued(on: device, since: since, ahead: ahead, hold: hold, returned: returned)
    case .sending(let device, let since):
      "The message of \(step) has been in flight from \(name(device)) since \(times.text(since))."
    case .unknown(let device, let at, let reason):
      "The message of \(step) left \(name(device)) at \(times.text(at)), and it is unknown whether it arrived: \(reason)."
    case .failed(let at, let reason): "\(step.capitalized(1)) failed at \(times.text(at)): \(reason)."
    case .completed(let at): "It was completed at \(times.text(at)), after \(step)."
    case .cancelled(let at, let reason): "It was cancelled at \(times.text(at)), at \(step): \(reason)."
    }
  }

  private func queued(
    on device: DeviceID, since: Instant, ahead: Int, hold: SendHold?, returned: String?
  ) -> String {
    guard since <= explanation.now else {
      return "The message of \(step) is queued on \(name(device)). It is not sent before \(times.text(since))."
    }
    let place = ahead == 0 ? "first in the queue" : "behind \(ahead) other\(ahead == 1 ? "" : "s")"
    var sentences = [
      "The message of \(step) has been queued on \(name(device)) since \(times.text(since)), \(place)."
    ]
    if let priority = contact.queuedPriority, priority != contact.priority {
      sentences.append("The message is \(priority.name); its step is \(contact.priority.name).")
    }
    if let returned { sentences.append("An attempt returned it to the queue: \(returned).") }
    sentences.append(hold.map { "The device cannot send now: \(words(of: $0, device))." } ?? "The device can send.")
    return sentences.joined(separator: " ")
  }

  private func words(of hold: SendHold, _ device: DeviceID) -> String {
    switch hold {
    case .pace(let until): "its pace allows the next message at \(times.text(until))"
    // For sending, queued messages do not count against a cap; `devices.refusal` counts them.
    case .device(.cap(let usage), let until):
      DeviceRefusal.cap(usage).text + (until.map { ", free again at \(times.text($0))" } ?? "") + sendsAhead(on: device)
    case .device(let refusal, let until):
      explanation.fleet.position(of: device).map { devices.refusal(refusal, of: $0, freeAt: until) } ?? refusal.text
    }
  }

  // MARK: - What decided

  /// Nil before the first decision.
  var lastDecision: String? {
    guard let decision = explanation.lastDecision else { return nil }
    let who = decision.policy.map { "\($0)\(ExplainText.short(decision.revision))" } ?? "an operator"
    let deed: String =
      switch decision.outcome {
      case .use: "queued step \(decision.step) on \(decision.device.map(name) ?? "")"
      case .move: "moved the contact to \(decision.device.map(name) ?? "") for step \(decision.step)"
      case .wait:
        decision.waitlist.map { waitlist in
          // Of a contact that still waits, the latest time is in what happens next; it may be somewhat earlier.
          "put step \(decision.step) on the waitlist of \(waitlist.text(name))"
            + (explanation.place == nil ? " until \(decision.until.map(times.text) ?? "") at the latest" : "")
        } ?? "made step \(decision.step) wait until \(decision.until.map(times.text) ?? "")"
      case .skip: "skipped step \(decision.step)"
      }
    let notes = decision.notes.isEmpty ? "" : " Notes: \(decision.notes.joined(separator: "; "))."
    let narrowed = decision.narrowed.map {
      " It is a guard; \($0.policy)\(ExplainText.short($0.revision)) had chosen "
        + "\(ExplainText.deed($0.outcome, on: name($0.device))): \($0.reason)."
    }
    return "At \(times.text(decision.at)) \(who) \(deed): \(decision.reason) (decision \(decision.number))."
      + (narrowed ?? "") + notes
  }

  /// ` (ca42cfce64e0)`; empty for nil.
  private static func short(_ revision: String?) -> String {
    revision.map { " (\(ShortDigests.text($0)))" } ?? ""
  }

  /// The decision that was made, or that would be made if the contact were due, and how it came about.
  func decision(_ decided: ContactExplanation.Decided) -> [String] {
    let decision = decided.decision
    let who = "\(decision.policy)\(ExplainText.short(decision.revision))"
    var sentences = ["\(who) would \(intent(decided)): \(decision.reason)."]
    if let record = decided.record {
      sentences = [
        "At \(times.text(record.at)) \(who) decided to \(intent(decided)): \(decision.reason) (decision \(record.number))."
      ]
      if !record.isSame { sentences.append("Made again, the decision differs; the following describes the new one.") }
    }
    // A record keeps the reduced limits, not the share.
    if decided.record == nil, decided.contact.priority == .bulk, explanation.tenant.bulkShare < 100 {
      sentences.append(
        "Bulk messages may use \(explanation.tenant.bulkShare) % of each limit; the limits below are reduced to that.")
    }
    // Guards are evaluated after the policy that chose.
    let chooser = decision.narrowed?.origin ?? decision.origin
    for policy in decided.trace.asked.prefix(while: { $0.origin != chooser }) {
      sentences.append(
        "Before it, \(policy.origin.policy)\(ExplainText.short(policy.origin.revision)) had no opinion.")
    }
    if let narrowed = decision.narrowed {
      sentences.append("It is a guard; \(choice(narrowed, devices(of: decided).name)).")
    }
    for guardian in guards(decided) {
      sentences.append(
        "The guard \(guardian.origin.policy)\(ExplainText.short(guardian.origin.revision)) allowed the choice.")
    }
    if let admission = admission(decided) { sentences.append(admission) }
    if !decided.trace.reads.isEmpty { sentences.append("It read \(reads(decided)).") }
    for query in decided.trace.queries { sentences.append("It called \(words(of: query, decided.fleet)).") }
    if decided.trace.isCut { sentences.append("This list is incomplete: it read or called more than a trace holds.") }
    if !decision.notes.isEmpty { sentences.append("Notes: \(decision.notes.joined(separator: "; ")).") }
    return sentences
  }

  private static func deed(_ outcome: Outcome, on device: String) -> String {
    outcome == .move ? "to move the contact to \(device) and queue it there" : "to queue it on \(device)"
  }

  /// `fallback (24e5e25d1f1f) had chosen to queue it on Sales 2 (D2): owner unavailable`.
  private func choice(_ narrowed: NarrowedChoice, _ name: (Int) -> String) -> String {
    let deed = ExplainText.deed(narrowed.outcome, on: name(narrowed.device))
    let who = "\(narrowed.origin.policy)\(ExplainText.short(narrowed.origin.revision))"
    return "\(who) had chosen \(deed): \(narrowed.reason)"
  }

  /// Guards that were evaluated and allowed the choice.
  private func guards(_ decided: ContactExplanation.Decided) -> [DecisionTrace.Asked] {
    let chooser = decided.decision.narrowed?.origin ?? decided.decision.origin
    guard let place = decided.trace.asked.firstIndex(where: { $0.origin == chooser }) else { return [] }
    return decided.trace.asked[(place + 1)...].filter { $0.origin != decided.decision.origin }
  }

  private func intent(_ decided: ContactExplanation.Decided) -> String {
    let devices = devices(of: decided)
    return switch decided.decision.resolution {
    case .use(let device): "queue it on \(devices.name(device))"
    case .move(let device): "move the contact to \(devices.name(device)) and queue it there"
    case .wait(let until):
      decided.decision.waitlist.map { waitlist in
        "put it on the waitlist of \(waitlist.text { decided.fleet.position(of: $0).map(devices.name) ?? $0.text }) "
          + "until \(times.text(until)) at the latest"
      } ?? "make it wait until \(times.text(until))"
    case .skip: "skip the step"
    }
  }

  /// How the core changed the verdict; nil if it did not.
  private func admission(_ decided: ContactExplanation.Decided) -> String? {
    guard case .wait(let until) = decided.decision.resolution,
      let last = decided.trace.asked.last(where: { $0.origin == decided.decision.origin }) ?? decided.trace.asked.last
    else { return nil }
    switch last.answer {
    case .fault:
      let start = "After a fault nothing is sent or skipped; the contact is "
      if let faults = decided.setAsideAfter {
        return start + "set aside until \(times.text(until)) after \(faults) faults in a row."
      }
      let isSoon = until <= Admission.retryAfterFault(at: decided.fleet.now)
      return start + (isSoon ? "decided again a minute later." : "set aside after several faults in a row.")
    case .suspended: return "It is suspended and is not evaluated."
    case .verdict(.wait, let seconds?) where until < decided.fleet.now.advanced(bySeconds: Int64(seconds)):
      return "It asked for a wait of \(Int64(seconds)) s, but a device has capacity earlier."
    case .verdict, .noOpinion: return nil
    }
  }

  private func reads(_ decided: ContactExplanation.Decided) -> String {
    let most = 12
    let reads = decided.trace.reads
    let list = reads.prefix(most).map { read in
      "\(ExplainText.path(read, decided.fleet)) (\(read.value ?? "nothing"))"
    }
    return list.joined(separator: ", ") + (reads.count > most ? " and \(reads.count - most) more" : "")
  }

  /// `contact.step`, `D1.load`, `#fleet`.
  static func path(_ read: DecisionTrace.Read, _ fleet: Fleet) -> String {
    switch read.subject {
    case .contact where read.name == "local_time": "local_time(contact)"
    case .contact: "contact.\(read.name)"
    case .fleet where read.name == "local_time": "local_time()"
    case .fleet: read.name
    case .device(let device): "\(fleet.members[device].device.id).\(read.name)"
    }
  }

  private func words(of query: DecisionTrace.Query, _ fleet: Fleet) -> String {
    let most = 12
    let ids = query.found.map { fleet.members[$0].device.id.text }
    let found = ids.isEmpty ? "nothing" : ids.prefix(most).joined(separator: ", ")
    let more = ids.count > most ? " and \(ids.count - most) more" : ""
    return "\(ExplainText.call(query, fleet)), which returned \(found)\(more)"
  }

  /// `least_loaded(tag 'kl', except D1)`.
  private static func call(_ query: DecisionTrace.Query, _ fleet: Fleet) -> String {
    var arguments: [String] = []
    switch query.kind {
    case .get(let text), .hash(let text): arguments.append("'\(text)'")
    case .candidates(let count): arguments.append("\(count)")
    case .leastLoaded, .firstAvailable, .available: break
    }
    if let tag = query.tag { arguments.append("tag '\(tag)'") }
    if let platform = query.platform { arguments.append("platform '\(platform)'") }
    if let except = query.except { arguments.append("except \(fleet.members[except].device.id)") }
    return "\(query.name)(\(arguments.joined(separator: ", ")))"
  }

  func considerations(_ decided: ContactExplanation.Decided) -> [(consideration: DeviceConsideration, sentence: String)]
  {
    let words = DeviceConsiderationText(
      decision: decided.decision, contact: decided.contact, words: devices(of: decided))
    return decided.considerations.map { ($0, words.sentence($0)) }
  }

  // MARK: - What is next

  var next: String {
    guard let hold = explanation.hold else { return nextWithoutHold }
    guard let other = explanation.tenantHold else {
      return "\(hold.sentence.capitalized(1)). \(nextWithoutHold) Nothing is sent before the hold is released."
    }
    return "\(hold.sentence.capitalized(1)). \(other.sentence.capitalized(1)). \(nextWithoutHold) "
      + "Nothing is sent before both holds are released."
  }

  private var nextWithoutHold: String {
    if explanation.isHeldBySequence { return "Nothing, until the sequence becomes active." }
    switch explanation.state {
    case .scheduled(let at): return "The first cycle from \(times.text(at)) on decides it."
    case .due: return "The next cycle decides it."
    case .waiting(let until, _): return waits(until: until)
    case .unreadable(_, let at): return "It is read again at \(times.text(at))."
    case .queued(_, _, _, nil, _): return "It is sent when it reaches the head of the queue."
    case .queued(_, _, _, let hold?, _):
      return hold.until.map { "It can be sent from \(times.text($0)) on, in the order of the queue." }
        ?? "It is sent when the device can send again; that time is unknown."
    case .sending: return "The gateway's answer determines the result."
    case .unknown: return "Nothing happens automatically. A retry may deliver the message twice."
    case .failed: return "Nothing happens automatically."
    case .completed, .cancelled: return "Nothing more."
    }
  }

  private func waits(until: Instant) -> String {
    if let forecast = explanation.forecast { return waits(forecast, until: until) }
    let end = "It is decided again at \(times.text(until)), or earlier if the cause of the wait ends."
    guard let present = explanation.later ?? explanation.present else { return end }
    return end + " In the present state "
      + (present.decision.outcome == .wait
        ? "it would then wait again." : "the policy would then \(intent(present)).")
  }

  private func waits(_ forecast: WaitlistForecast, until: Instant) -> String {
    let end = "It is decided again at \(times.text(until)) at the latest."
    guard forecast.isNow(at: explanation.now) else {
      return WaitlistText(devices: devices, time: times.text).sentence(forecast) + " " + end
    }
    guard let present = explanation.present, present.decision.outcome != .wait else {
      return "The waitlist has capacity for it, but its policy would make it wait again. " + end
    }
    return "The waitlist has capacity for it: the next cycle decides it. In the present state the policy would then "
      + "\(intent(present))."
  }

  func sentence(_ change: ContactExplanation.Change) -> String {
    switch change {
    case .room(let device, let at, let target):
      (isPaused(device) ? "the pause of \(name(device)) ends" : "\(name(device)) has capacity again")
        + " at \(times.text(at)): \(goes(to: target))"
    case .online(let device, let target?): "\(name(device)) comes online: \(goes(to: target))"
    case .online(let device, nil): "\(name(device)) comes online"
    case .sequenceActive: "the sequence '\(contact.sequence)' becomes active"
    case .policy(let policy, let isGuard, let isSuspended):
      "the data \(isSuspended ? "of the contacts " : "")that it fails on are corrected with `usher import`, "
        + "the \(isGuard ? "guard" : "policy") '\(policy.trimmingPrefix(isGuard ? PolicyCatalog.guardFolder : ""))' is "
        + "fixed, or its parameters change"
    case .limits(true): "the tenant's `bulk_share` is raised with `usher import`"
    case .limits(false): "the limits of its devices are raised with `usher import`"
    case .command(let command): command
    }
  }

  private func isPaused(_ device: DeviceID) -> Bool {
    explanation.fleet.position(of: device).map { explanation.fleet.members[$0].device.isPaused(at: explanation.now) }
      ?? false
  }

  /// Where it would go after a change, and when, if contacts before it are served first.
  private func goes(to target: DeviceID) -> String {
    guard let place = explanation.place, place.position > 1 else { return "it would then go to \(name(target))" }
    return "when it is its turn, it would go to \(name(target))"
  }
}

extension String {
  /// With its first `count` characters as capitals.
  func capitalized(_ count: Int) -> String { prefix(count).uppercased() + dropFirst(count) }
}
