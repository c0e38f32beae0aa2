import Routing
import Wire

/// A decision as `usher decide` prints it.
package struct DecideAnswer: Sendable {
  /// With its device as a position in the fleet, not an id.
  package let decision: Decision
  /// The chosen device; nil for `wait` and `skip`.
  package let device: DeviceID?
  /// What became of each device, in the order of the fleet; empty unless asked for.
  package let considered: [(device: DeviceID, verdict: DeviceConsideration.Verdict, reason: String)]
  /// What a guard turned into the wait, with its device.
  private let narrowed: (choice: NarrowedChoice, device: DeviceID)?

  /// Decides a request on its own.
  package init(
    _ request: DecideRequest, policies: [CompiledPolicy], guards: [CompiledPolicy] = [], explains: Bool = false
  ) {
    let evaluator = Evaluator(policies: policies, guards: guards, fleet: request.fleet)
    self.init(request, with: evaluator, explains: explains) { evaluator.decide(request.contact, seed: request.seed) }
  }

  /// Asks the guards about a choice that a test case states. Policies are not asked.
  package init(_ request: DecideRequest, choice: StatedChoice, guards: [CompiledPolicy], explains: Bool) {
    let stand = CompiledPolicy(broken: Fault(.syntax, "stated in a case"), file: choice.policy, source: [])
    let evaluator = Evaluator(policies: [stand], guards: guards, fleet: request.fleet)
    self.init(request, with: evaluator, explains: explains) {
      evaluator.decide(request.contact, choice: choice.verdict, reason: choice.reason, seed: request.seed)
    }
  }

  private init(_ request: DecideRequest, with evaluator: Evaluator, explains: Bool, decide: () -> Decision) {
    let (decision, trace) = explains ? evaluator.traced(decide) : (decide(), DecisionTrace())
    self.decision = decision
    let members = evaluator.fleet.members
    device = decision.resolution.device.map { members[$0].device.id }
    narrowed = decision.narrowed.map { ($0, members[$0.device].device.id) }
    guard explains else {
      considered = []
      return
    }
    // The fleet as it was before: the decision's own reservation is no reason.
    let words = DeviceConsiderationText(
      decision: decision, contact: request.contact, words: DeviceText(request.fleet))
    considered = DeviceConsideration.all(of: decision, trace: trace, in: request.fleet).map { consideration in
      let id = request.fleet.members[consideration.device].device.id
      return switch consideration.reason {
      case .chosen: (id, consideration.verdict, decision.reason)
      case .refused(let refusal): (id, consideration.verdict, refusal.text)
      default: (id, consideration.verdict, words.sentence(consideration))
      }
    }
  }

  /// A decision that was made elsewhere, and nothing about other devices.
  package init(_ decision: Decision, device: DeviceID?, narrowedFrom other: DeviceID? = nil) {
    (self.decision, self.device, considered) = (decision, device, [])
    narrowed = decision.narrowed.flatMap { choice in other.map { (choice, $0) } }
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
    // Without a guard that narrowed it, a decision reads as it did before there were guards.
    if let narrowed {
      object["narrowed"] = .object(
        JSONObject([
          ("outcome", .string(narrowed.choice.outcome.rawValue)), ("device", .string(narrowed.device.text)),
          ("reason", .string(narrowed.choice.reason)), ("policy", .string(narrowed.choice.origin.policy)),
          ("revision", .string(narrowed.choice.origin.revision)),
        ]))
    }
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
