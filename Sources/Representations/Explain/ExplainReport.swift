import DryRun
import Policies
import Routing
import Terminal
import Wire

/// Why a contact goes to a device or waits: the same content for people and for programs.
package struct ExplainReport: Representation {
  private let explanation: ContactExplanation
  private let words: ExplainText

  /// Times in sentences are in the zone of the explained tenant.
  package init(_ explanation: ContactExplanation) {
    (self.explanation, words) = (explanation, ExplainText(explanation))
  }

  /// Only the devices, a row for each.
  package var csv: String { devices(columns: Self.deviceColumns).csv }

  // MARK: - For people

  /// Sections of sentences, and a table of the devices.
  package func table(columns: Int?) -> StyledText {
    var sections = [
      (StyledText(terminalSafe(words.title), .strong) + "\n\(words.moment)\n").wrapped(to: columns),
      section("Current state", [words.state], columns),
    ]
    // The decision explained below is the last one.
    if let last = words.lastDecision, explanation.past?.record?.number != explanation.lastDecision?.number {
      sections.append(section("Last decision", [last], columns))
    }
    if let decided = explanation.decided {
      sections.append(section(title(of: decided), words.decision(decided), columns))
      // The table escapes control characters in its cells.
      sections.append(devices(columns: ["device", "name", "verdict", "reason"]).table(columns: columns))
    }
    sections.append(section("What happens next", [words.next], columns))
    let changes = explanation.changes.map(words.sentence)
    if !changes.isEmpty { sections.append(section("What would change this", changes, columns)) }
    return sections.dropFirst().reduce(sections[0]) { $0 + "\n" + $1 }
  }

  /// Sentences are wrapped at the width of the terminal.
  private func section(_ title: String, _ lines: [String], _ columns: Int?) -> StyledText {
    let broken = lines.map { line in
      Wrapping.lines(terminalSafe(line), width: columns.map { max(20, $0 - 2) } ?? .max).map { "  \($0)\n" }.joined()
    }
    return StyledText(title, .heading) + StyledText("\n" + broken.joined())
  }

  private func title(of decided: ContactExplanation.Decided) -> String {
    if decided.record != nil {
      return decided.decision.resolution.device == nil ? "What was decided" : "Why it went there"
    }
    if case .due = explanation.state { return "What would be decided now" }
    return "If it were due now"
  }

  private static let deviceColumns = ["device", "name", "verdict", "code", "reason", "free_at", "since"]

  private func devices(columns: [String]) -> Listing {
    var listing = Listing(columns)
    guard let decided = explanation.decided else { return listing }
    for (consideration, sentence) in words.considerations(decided) {
      let device = decided.fleet.members[consideration.device].device
      let since = consideration.verdict == .rejected ? decided.circumstances[device.key]?.statusSince : nil
      let cells: [String: JSONValue] = [
        "device": .string(device.id.text), "name": .string(device.name),
        "verdict": .string(consideration.verdict.rawValue),
        "code": .string(consideration.code), "reason": .string(sentence),
        "free_at": JSONValue(consideration.freeAt?.rfc3339),
        "since": JSONValue(device.status == .online ? nil : since?.rfc3339),
      ]
      listing.add(columns.map { cells[$0]! })
    }
    return listing
  }

  // MARK: - For programs

  /// The whole explanation; parts that do not apply are null or empty.
  package var json: JSONValue {
    let decided = explanation.decided
    return .object(
      JSONObject([
        ("now", .string(explanation.now.rfc3339)), ("tenant", .string(explanation.tenant.id.text)),
        ("time_zone", .string(explanation.tenant.timeZone)), ("contact", contact), ("state", state),
        ("last_decision", explanation.lastDecision.map(lastDecision) ?? .null),
        ("recorded", decided?.record.map(record) ?? .null), ("decision", decided.map(decision) ?? .null),
        ("policies", .array(decided?.trace.asked.map(policy) ?? [])),
        ("read", .array(decided.map(reads) ?? [])), ("queries", .array(decided.map(queries) ?? [])),
        ("is_complete", .bool(!(decided?.trace.isCut ?? false))),
        ("devices", devices(columns: Self.deviceColumns).json),
        (
          "next",
          .object(JSONObject([("sentence", .string(words.next)), ("at", JSONValue(explanation.nextAt?.rfc3339))]))
        ),
        ("changes", .array(explanation.changes.map(change))),
        ("hold", explanation.hold.map(HoldReport.json) ?? .null),
      ]))
  }

  private var contact: JSONValue {
    let contact = explanation.contact
    return .object(
      JSONObject([
        ("contact", .string(contact.id.text)), ("lead", .string(contact.lead)), ("name", JSONValue(contact.name)),
        ("phone", .string(contact.phone)), ("sequence", .string(contact.sequence)),
        ("sequence_status", .string(contact.sequenceStatus)), ("step", JSONValue(contact.step)),
        ("steps", JSONValue(contact.steps)), ("priority", .string(contact.priority.name)),
        ("message_priority", JSONValue(contact.queuedPriority?.name)),
        ("status", .string(contact.status.rawValue)),
        ("assigned_device", JSONValue(contact.assignedDevice?.text)), ("due_at", .string(contact.dueAt.rfc3339)),
        ("next_at", JSONValue(contact.nextAt?.rfc3339)), ("enrolled_at", .string(contact.enrolledAt.rfc3339)),
        ("ended_at", JSONValue(contact.endedAt?.rfc3339)), ("opted_out_at", JSONValue(contact.optedOutAt?.rfc3339)),
      ]))
  }

  private var state: JSONValue {
    var facts: (since: Instant?, until: Instant?, device: DeviceID?, ahead: Int?, reason: String?)
    switch explanation.state {
    case .scheduled(let at): facts.until = at
    case .due(let since, let reason): (facts.since, facts.reason) = (since, reason)
    case .waiting(let until, let reason): (facts.until, facts.reason) = (until, reason)
    case .unreadable(let reason, let at): (facts.until, facts.reason) = (at, reason)
    case .queued(let device, let since, let ahead, let hold, let returned):
      facts = (since, hold?.until, device, ahead, returned)
    case .sending(let device, let since): (facts.device, facts.since) = (device, since)
    case .unknown(let device, let at, let reason): facts = (at, nil, device, nil, reason)
    case .failed(let at, let reason), .cancelled(let at, let reason): (facts.since, facts.reason) = (at, reason)
    case .completed(let at): facts.since = at
    }
    let forecast = explanation.forecast
    return .object(
      JSONObject([
        ("code", .string(explanation.state.code)), ("sentence", .string(words.state)),
        ("device", JSONValue(facts.device?.text)), ("since", JSONValue(facts.since?.rfc3339)),
        ("until", JSONValue(facts.until?.rfc3339)), ("ahead", JSONValue(facts.ahead)),
        ("reason", JSONValue(facts.reason)), ("reason_code", code(of: facts.reason).json),
        ("waitlist", (explanation.place?.waitlist).json),
        ("position", JSONValue(explanation.isHeldBySequence ? nil : explanation.place?.position)),
        ("per_hour", forecast?.perHour.map { .number(($0 * 10).rounded() / 10) } ?? .null),
        ("served_at", JSONValue(forecast?.servedAt?.rfc3339)),
      ]))
  }

  /// The code on record with the contact's reason; nil for the words of a gateway, and for a row that cannot be read.
  private func code(of reason: String?) -> ReasonCode? {
    if case .unreadable = explanation.state { return .unreadableRow }
    return reason == explanation.contact.reason ? explanation.contact.code : nil
  }

  private func lastDecision(_ decision: ContactDetails.Decision) -> JSONValue {
    .object(
      JSONObject([
        ("decision", .integer(decision.number)), ("at", .string(decision.at.rfc3339)),
        ("step", JSONValue(decision.step)),
        ("outcome", .string(decision.outcome.rawValue)), ("device", JSONValue(decision.device?.text)),
        ("reason", .string(decision.reason)), ("code", decision.code.json),
        ("until", JSONValue(decision.until?.rfc3339)), ("waitlist", decision.waitlist.json),
        ("policy", JSONValue(decision.policy)), ("revision", JSONValue(decision.revision)),
        ("instructions", .integer(decision.instructions)), ("error", JSONValue(decision.faultKind)),
        ("notes", .array(decision.notes.map(JSONValue.string))),
        ("narrowed", decision.narrowed.map(narrowed) ?? .null),
      ]))
  }

  private func narrowed(_ narrowed: ContactDetails.Narrowed) -> JSONValue {
    .object(
      JSONObject([
        ("outcome", .string(narrowed.outcome.rawValue)), ("device", .string(narrowed.device.text)),
        ("reason", .string(narrowed.reason)), ("code", narrowed.code.json), ("policy", .string(narrowed.policy)),
        ("revision", .string(narrowed.revision)),
      ]))
  }

  private func record(_ record: ContactExplanation.Decided.Record) -> JSONValue {
    .object(
      JSONObject([
        ("decision", .integer(record.number)), ("at", .string(record.at.rfc3339)), ("same", .bool(record.isSame)),
      ]))
  }

  private func decision(_ decided: ContactExplanation.Decided) -> JSONValue {
    let device = decided.decision.resolution.device.map { decided.fleet.members[$0].device.id }
    return DecideAnswer(decided.decision, device: device).json
  }

  private func policy(_ asked: DecisionTrace.Asked) -> JSONValue {
    let (answer, seconds): (String, Double?) =
      switch asked.answer {
      case .verdict(let outcome, let seconds): (outcome.rawValue, seconds)
      case .noOpinion: ("no_opinion", nil)
      case .fault: ("fault", nil)
      case .suspended: ("suspended", nil)
      }
    return .object(
      JSONObject([
        ("policy", .string(asked.origin.policy)), ("revision", .string(asked.origin.revision)),
        ("answer", .string(answer)), ("seconds", seconds.map { .number($0) } ?? .null),
        ("instructions", .integer(asked.instructions)), ("notes", .array(asked.notes.map(JSONValue.string))),
      ]))
  }

  private func reads(_ decided: ContactExplanation.Decided) -> [JSONValue] {
    decided.trace.reads.map { read in
      .object(
        JSONObject([
          ("name", .string(ExplainText.path(read, decided.fleet))), ("value", JSONValue(read.value)),
        ]))
    }
  }

  private func queries(_ decided: ContactExplanation.Decided) -> [JSONValue] {
    let id = { (device: Int) -> JSONValue in .string(decided.fleet.members[device].device.id.text) }
    return decided.trace.queries.map { query in
      let argument: JSONValue =
        switch query.kind {
        case .get(let text), .hash(let text): .string(text)
        case .candidates(let count): .integer(count)
        case .leastLoaded, .firstAvailable, .available: .null
        }
      return .object(
        JSONObject([
          ("query", .string(query.name)), ("argument", argument), ("tag", JSONValue(query.tag)),
          ("platform", JSONValue(query.platform)), ("except", query.except.map(id) ?? .null),
          ("found", .array(query.found.map(id))),
          (
            "left_out",
            .array(
              query.leftOut.map { left in
                .object(JSONObject([("device", id(left.device)), ("by", .string(left.by.rawValue))]))
              })
          ),
        ]))
    }
  }

  private func change(_ change: ContactExplanation.Change) -> JSONValue {
    let facts: (code: String, device: DeviceID?, at: Instant?, goesTo: DeviceID?, command: String?)
    switch change {
    case .room(let device, let at, let target): facts = ("room", device, at, target, nil)
    case .online(let device, let target): facts = ("online", device, nil, target, nil)
    case .sequenceActive: facts = ("sequence", nil, nil, nil, nil)
    case .policy: facts = ("policy", nil, nil, nil, nil)
    case .limits: facts = ("limits", nil, nil, nil, nil)
    case .command(let command): facts = ("command", nil, nil, nil, command)
    }
    return .object(
      JSONObject([
        ("code", .string(facts.code)), ("sentence", .string(words.sentence(change))),
        ("device", JSONValue(facts.device?.text)), ("at", JSONValue(facts.at?.rfc3339)),
        ("goes_to", JSONValue(facts.goesTo?.text)), ("command", JSONValue(facts.command)),
      ]))
  }
}
