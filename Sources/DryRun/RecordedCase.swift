import Policies
import Routing
import Wire

/// A test case that reproduces a recorded decision: its inputs and its result.
package struct RecordedCase: Sendable {
  /// The decision's number.
  package let number: Int64
  /// The decision's tenant.
  package let tenant: TenantID
  /// When it was made.
  package let at: Instant
  /// The deciding policy as it was then.
  package let revision: PolicyRevision
  /// The recorded fleet, contact and seed, in the form of `usher decide`.
  package let request: DecideRequest
  /// What the case expects: `outcome`, `device`, `reason`, and whatever else a request can reproduce.
  package let expectation: JSONObject
  /// The contact fields in the case that contain personal data.
  package let personal: [String]
  /// Personal fields that the case keeps although `isAnonymous` is set, because the policy read them.
  package let wasRead: [String]

  /// A decision that a case cannot reproduce.
  package struct NotACase: UsherError {
    let number: Int64
    let reason: String
    package var code: ErrorCode { .unreadableRecord }
    package var message: String { "decision \(number) \(reason)" }
  }

  /// Reads the record, and decides it again to verify that the case passes. With `isAnonymous`, personal data that the
  /// policy did not read is replaced.
  ///
  /// Throws `NotACase`, and `Explain.NoRecord` if the decision does not exist.
  package init(_ number: Int64, of tenant: TenantID?, isAnonymous: Bool, in snapshot: any StoreHistory) throws {
    try snapshot.expectTenant(tenant)
    let record = try RecordedRuns(snapshot).decision(number, of: tenant)
    let (run, made) = (record.run, record.decision)
    self.number = made.number
    self.tenant = run.tenant.id
    at = run.at
    guard made.instructions > 0, let revision = run.revisions.first(where: { $0.digest == made.revision }),
      !revision.source.isEmpty
    else {
      throw NotACase(
        number: number, reason: "was made without running a policy (\(made.reason)), so there is nothing to test")
    }
    self.revision = revision
    let policy = CompiledPolicy.onRecord(revision)
    let whole = RecordedCase.request(made, of: run, policy.revision)
    let (answer, trace) = RecordedCase.decide(whole, policy)
    guard answer.decision.outcome == made.outcome, answer.device == made.device,
      made.reason.isSame(answer.decision.reason)
        || (made.fault != nil && made.reason.utf8.starts(with: (answer.decision.reason + Fault.causeSeparator).utf8))
    else {
      throw NotACase(
        number: number,
        reason: "cannot be reproduced with '\(revision.policy)' alone: expected \(made.outcome.rawValue), "
          + "\(made.reason); found \(answer.decision.outcome.rawValue), \(answer.decision.reason)")
    }
    let read = ContactReads(trace)
    personal = read.personal(whole.contact, isAnonymous: isAnonymous)
    wasRead = isAnonymous ? personal : []
    request = isAnonymous ? whole.with(contact: read.anonymous(whole.contact)) : whole
    let last = RecordedCase.decide(request, policy).0
    guard last.json == answer.json else {
      throw NotACase(
        number: number, reason: "has another result without the data that the policy did not read; omit --anonymous")
    }
    expectation = RecordedCase.expectation(last, until: made.until)
  }

  private static func request(_ made: RecordedDecision, of run: RecordedRun, _ revision: PolicyRevision)
    -> DecideRequest
  {
    // Parsed again to get the fleet that a run of the case sees: reservations are queued messages, and there are no times
    // of sends.
    let stated = DecideRequest(
      contact: made.contact, fleet: run.fleet, seed: made.seed, parameters: revision.parameters)
    guard let read = try? DecideRequest(json: .object(stated.json)) else {
      preconditionFailure("a recorded decision can be written as a request")
    }
    return read
  }

  private static func decide(_ request: DecideRequest, _ policy: CompiledPolicy) -> (DecideAnswer, DecisionTrace) {
    let evaluator = Evaluator(policies: [policy], fleet: request.fleet)
    let (decision, trace) = evaluator.traced { evaluator.decide(request.contact, seed: request.seed) }
    return (
      DecideAnswer(decision, device: decision.resolution.device.map { evaluator.fleet.members[$0].device.id }), trace
    )
  }

  private static func expectation(_ answer: DecideAnswer, until: Instant?) -> JSONObject {
    var object = JSONObject([("outcome", .string(answer.decision.outcome.rawValue))])
    object["device"] = answer.device.map { .string($0.text) }
    object["reason"] = .string(answer.decision.reason)
    // When a full window has capacity again depends on times of sends, which a request does not contain.
    if case .wait(let found) = answer.decision.resolution, found == until { object["until"] = .string(found.rfc3339) }
    object["waitlist"] = answer.decision.waitlist?.json
    object["error"] = answer.decision.fault.map { .object(JSONObject([("kind", .string($0.kind.rawValue))])) }
    return object
  }

  // MARK: - As text

  /// The case as an entry of `cases`, indented by `depth` steps of two spaces, without a final newline.
  package func entry(depth: Int) -> String {
    var object = JSONObject([("name", .string(name))])
    for (key, value) in request.json.members { object[key] = value }
    object["expect"] = .object(expectation)
    return LuaText.literal(.object(object), depth: depth)
  }

  /// A file that contains only this case.
  package var file: String {
    """
    return {
      policy = \(LuaText.compact(.string(revision.policy))),
      cases = {
        \(entry(depth: 2)),
      },
    }

    """
  }

  private var name: String {
    let outcome = expectation["outcome"].flatMap { if case .string(let word) = $0 { word } else { nil } } ?? ""
    let device = expectation["device"].flatMap { if case .string(let id) = $0 { " \(id)" } else { nil } } ?? ""
    return "decision \(number) of \(tenant) at \(at.rfc3339): \(outcome)\(device)"
  }
}

/// The contact fields that a decision read.
private struct ContactReads {
  private let names: Set<String>
  private let isCut: Bool

  init(_ trace: DecisionTrace) {
    names = Set(trace.reads.filter { $0.subject == .contact }.map(\.name))
    isCut = trace.isCut
  }

  /// If the trace is incomplete, every field counts as read.
  private func isRead(_ name: String) -> Bool { isCut || names.contains(name) }

  /// The trace records each attribute separately, in addition to `attributes` itself.
  private func isRead(attribute name: String) -> Bool { isRead("attributes.\(name)") }

  func personal(_ contact: Contact, isAnonymous: Bool) -> [String] {
    var found = ["id"]
    if contact.phone != nil { found.append("phone") }
    if contact.name != nil { found.append("name") }
    if !contact.tags.isEmpty { found.append("tags") }
    found = found.filter { !isAnonymous || isRead($0) }
    return found
      + contact.attributes.map(\.name).filter { !isAnonymous || isRead(attribute: $0) }.map { "attributes.\($0)" }
  }

  func anonymous(_ contact: Contact) -> Contact {
    Contact(
      id: isRead("id") ? contact.id : ContactID("contact")!, phone: isRead("phone") ? contact.phone : nil,
      name: isRead("name") ? contact.name : nil, sequence: contact.sequence, step: contact.step,
      assignedDevice: contact.assignedDevice, dueAt: contact.dueAt, attempts: contact.attempts,
      lastDevice: contact.lastDevice, tags: isRead("tags") ? contact.tags : [],
      attributes: contact.attributes.filter { isRead(attribute: $0.name) }, messagesDay: contact.messagesDay,
      moves: contact.moves, priority: contact.priority, utcOffsetMinutes: contact.utcOffsetMinutes)
  }
}

extension DecideRequest {
  fileprivate func with(contact: Contact) -> DecideRequest {
    var copy = self
    copy.contact = contact
    return copy
  }
}
