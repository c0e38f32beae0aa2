import Routing
import Wire

/// A decision as `usher decide` prints it.
package struct DecideAnswer: Sendable {
  package enum Consideration: String, Sendable { case chosen, eligible, rejected }

  package let decision: Decision
  package let device: DeviceID?
  /// What became of each device, in the order of the fleet; empty unless asked for.
  package let considered: [(device: DeviceID, verdict: Consideration, reason: String)]

  /// Decides a request on its own.
  package init(_ request: DecideRequest, policies: [CompiledPolicy], explains: Bool = false) {
    let evaluator = Evaluator(policies: policies, fleet: request.fleet)
    // Before the decision: its own reservation is no reason.
    let refusals = explains ? (0..<request.fleet.count).map(request.fleet.refusal) : []
    let decision = evaluator.decide(request.contact, seed: request.seed)
    let members = evaluator.fleet.members
    self.decision = decision
    device = decision.resolution.device.map { members[$0].device.id }
    considered = refusals.enumerated().map { position, refusal in
      let id = members[position].device.id
      if position == decision.resolution.device { return (id, .chosen, decision.reason) }
      if let refusal { return (id, .rejected, refusal.text) }
      return (id, .eligible, "could accept, but the policy did not choose it")
    }
  }

  /// A decision that was made otherwise.
  package init(_ decision: Decision, device: DeviceID?) {
    (self.decision, self.device, considered) = (decision, device, [])
  }

  /// The answer with its keys in the order of the contract.
  package var json: JSONValue {
    var object = JSONObject()
    object["outcome"] = .string(decision.outcome.rawValue)
    object["device"] = device.map { .string($0.text) } ?? .null
    object["reason"] = .string(decision.reason)
    if case .wait(let until) = decision.resolution {
      object["until"] = .string(until.rfc3339)
    } else {
      object["until"] = .null
    }
    object["policy"] = .string(decision.policy)
    object["revision"] = .string(decision.revision)
    object["seed"] = .integer(Int64(bitPattern: decision.seed))
    object["instructions"] = .integer(decision.instructions)
    object["error"] = decision.fault.map(DecideAnswer.json) ?? .null
    object["notes"] = .array(decision.notes.map { .string($0) })
    object["considered"] = .array(
      considered.map {
        .object(
          JSONObject([
            ("device", .string($0.device.text)), ("verdict", .string($0.verdict.rawValue)),
            ("reason", .string($0.reason)),
          ]))
      })
    return .object(object)
  }

  private static func json(_ fault: Fault) -> JSONValue {
    .object(
      JSONObject([
        ("kind", .string(fault.kind.rawValue)), ("message", .string(fault.message)),
        ("line", fault.line.map { .integer(Int64($0)) } ?? .null),
      ]))
  }
}
