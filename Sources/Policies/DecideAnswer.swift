import Routing
import Wire

/// A decision as `usher decide` prints it.
package struct DecideAnswer: Sendable {
  /// The decision, with its device as a position in the fleet instead of an id.
  package let decision: Decision
  /// The chosen device; nil for `wait` and `skip`.
  package let device: DeviceID?
  /// How each device was considered, in fleet order; empty unless requested.
  package let considered: [(device: DeviceID, verdict: DeviceConsideration.Verdict, reason: String)]
  /// The choice that a guard replaced with a wait, with its device.
  private let narrowed: (choice: NarrowedChoice, device: DeviceID)?

  /// Decides a single request.
  package init(
    _ request: DecideRequest, policies: [CompiledPolicy], guards: [CompiledPolicy] = [], explains: Bool = false
  ) {
    let evaluator = Evaluator(policies: policies, guards: guards, fleet: request.fleet)
    self.init(request, with: evaluator, explains: explains) { evaluator.decide(request.contact, seed: request.seed) }
  }

  /// Evaluates the guards for a choice given by a test case. No policies are evaluated.
  package init(_ request: DecideRequest, choice: StatedChoice, guards: [CompiledPolicy], explains: Bool) {
    let stand = CompiledPolicy(
      broken: Fault(.syntax, "stated in a case", code: .policyUnusable), file: choice.policy, source: [])
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
    // Describes the fleet before the decision: the decision's own reservation explains nothing.
    let fleet = request.fleet.seen(by: request.contact)
    let words = DeviceConsiderationText(decision: decision, contact: request.contact, words: DeviceText(fleet))
    considered = DeviceConsideration.all(of: decision, trace: trace, in: fleet).map { consideration in
      let id = fleet.members[consideration.device].device.id
      return switch consideration.reason {
      case .chosen: (id, consideration.verdict, decision.reason)
      case .refused(let refusal): (id, consideration.verdict, refusal.text)
      default: (id, consideration.verdict, words.sentence(consideration))
      }
    }
  }

  /// Wraps a decision made elsewhere, without other devices.
  package init(_ decision: Decision, device: DeviceID?, narrowedFrom other: DeviceID? = nil) {
    (self.decision, self.device, considered) = (decision, device, [])
    narrowed = decision.narrowed.flatMap { choice in other.map { (choice, $0) } }
  }

  /// The answer, with its keys in the documented order.
  package var json: JSONValue {
    var object = JSONObject()
    object["outcome"] = .string(decision.outcome.rawValue)
    object["device"] = device.map { .string($0.text) } ?? .null
    object["reason"] = .string(decision.reason)
    object["code"] = decision.code.json
    if case .wait(let until) = decision.resolution {
      object["until"] = .string(until.rfc3339)
    } else {
      object["until"] = .null
    }
    object["waitlist"] = decision.waitlist.json
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
    // The key is added only for a decision that a guard overruled, so that other answers are as they were before guards
    // existed.
    if let narrowed {
      object["narrowed"] = .object(
        JSONObject([
          ("outcome", .string(narrowed.choice.outcome.rawValue)), ("device", .string(narrowed.device.text)),
          ("reason", .string(narrowed.choice.reason)), ("code", narrowed.choice.code.json),
          ("policy", .string(narrowed.choice.origin.policy)),
          ("revision", .string(narrowed.choice.origin.revision)),
        ]))
    }
    return .object(object)
  }

  /// The value of the key `error`.
  package static func json(_ fault: Fault) -> JSONValue {
    .object(
      JSONObject([
        ("kind", .string(fault.kind.rawValue)), ("code", fault.code.json), ("message", .string(fault.message)),
        ("line", fault.line.map { .integer(Int64($0)) } ?? .null),
      ]))
  }
}
