import LuaSandbox
import Policies
import Routing

/// Evaluates a policy for one request and for variants of it, and compares the answers.
///
/// Nothing is stored, and no answer depends on an earlier one. Not thread-safe.
final class PropertyCheck {
  /// A property that a request violates.
  struct Violation {
    let property: PolicyProperty
    /// What was found, as a sentence.
    let message: String
    /// The kind of fault, which shrinking must preserve.
    var kind: Fault.Kind?
  }

  /// Limits with the same effect on every machine: the time limit is never reached.
  private static let limits = SandboxLimits(cpuMilliseconds: 60_000)
  private static let compiledMax = 64

  private let file: String
  private let source: [UInt8]
  private let own: PolicyProperties?
  private let skipped: Set<PolicyProperty>
  private let queuesOffline: Bool
  private var compiled: [(parameters: [Parameter], policy: CompiledPolicy)] = []
  /// Decisions made so far.
  private(set) var decisions = 0

  /// Throws the fault of a policy that cannot be used.
  init(file: String, source: [UInt8], own: PolicyProperties?, skipped: Set<PolicyProperty>) throws(Fault) {
    (self.file, self.source, self.own, self.skipped) = (file, source, own, skipped)
    let policy = try CompiledPolicy(file: file, source: source, limits: PropertyCheck.limits)
    queuesOffline = policy.declares(.queuesOffline)
    compiled = [([], policy)]
    (declared, ranges) = (policy.declared, policy.ranges)
  }

  /// The parameters that the policy declares.
  let declared: [Parameter]
  /// The values that these may have.
  let ranges: ParameterRanges

  /// The general properties to check.
  var general: [PolicyProperty] {
    PolicyProperty.general.filter { !skipped.contains($0) && !($0 == .canAccept && queuesOffline) }
  }

  // MARK: - One request

  /// The first violated property of `wanted`. With `isLarge`, ten times the fleet is tried too.
  func violation(
    _ request: SearchRequest, of wanted: [PolicyProperty], isLarge: Bool
  ) throws(PolicyCases.Failure) -> Violation? {
    let answer = decide(request)
    for property in wanted {
      let found: Violation? =
        switch property {
        case .neverFaults: fault(answer)
        case .canAccept: canAccept(answer, request)
        case .halfBudget: isLarge && answer.decision.fault == nil ? halfBudget(request) : nil
        case .unrelatedDevice: answer.decision.fault == nil ? unrelated(answer, request) : nil
        case .renumbered: answer.decision.fault == nil ? renumbered(answer, request) : nil
        case .own: nil
        }
      if let found { return found }
    }
    guard let own, wanted.contains(where: { if case .own = $0 { true } else { false } }) else { return nil }
    return try own.broken([(request.request, answer)])[0].flatMap { broken in
      let property = PolicyProperty.own(broken.name)
      return wanted.contains(property) ? violation(broken) : nil
    }
  }

  /// The violated declared properties of several requests; nil for each request that violates none.
  func ownViolations(_ requests: [SearchRequest]) throws(PolicyCases.Failure) -> [Violation?] {
    guard let own else { return requests.map { _ in nil } }
    return try own.broken(requests.map { ($0.request, decide($0)) }).map { $0.map(violation) }
  }

  func decide(_ request: SearchRequest) -> DecideAnswer {
    decisions += 1
    do throws(Fault) {
      return DecideAnswer(request.request, policies: [try policy(request.parameters)])
    } catch {
      // Parameters that the policy rejects give the same answer as in a store.
      let broken = CompiledPolicy(broken: error, file: file, source: source)
      return DecideAnswer(request.request, policies: [broken])
    }
  }

  private func policy(_ parameters: [Parameter]) throws(Fault) -> CompiledPolicy {
    if let known = compiled.first(where: { $0.parameters == parameters }) { return known.policy }
    let policy = try CompiledPolicy(
      file: file, source: source, parameters: parameters, limits: PropertyCheck.limits)
    // The first one has the default parameters, which nearly every request uses.
    if compiled.count == PropertyCheck.compiledMax { compiled.remove(at: 1) }
    compiled.append((parameters, policy))
    return policy
  }

  // MARK: - Properties

  private func violation(_ broken: PolicyProperties.Broken) -> Violation {
    Violation(property: .own(broken.name), message: broken.why ?? "its function returned false")
  }

  private func fault(_ answer: DecideAnswer) -> Violation? {
    guard let fault = answer.decision.fault else { return nil }
    let line = fault.line.map { " at line \($0)" } ?? ""
    return Violation(
      property: .neverFaults, message: "\(fault.kind.rawValue) fault\(line): \(fault.message)", kind: fault.kind)
  }

  private func canAccept(_ answer: DecideAnswer, _ request: SearchRequest) -> Violation? {
    guard let device = answer.device else { return nil }
    let fleet = request.seenFleet
    guard let refusal = fleet.position(of: device).flatMap(fleet.refusal) else { return nil }
    return Violation(
      property: .canAccept,
      message: "\(answer.decision.outcome.rawValue) \(device), which cannot accept more: \(refusal.text)")
  }

  private func halfBudget(_ request: SearchRequest) -> Violation? {
    let large = request.tenfold
    let answer = decide(large)
    let most = PropertyCheck.limits.instructions / 2
    let count = "\(large.members.count) devices"
    if let fault = answer.decision.fault {
      return Violation(property: .halfBudget, message: "with \(count): \(fault.kind.rawValue) fault: \(fault.message)")
    }
    guard answer.decision.instructions > most else { return nil }
    return Violation(
      property: .halfBudget,
      message: "with \(count) it uses \(answer.decision.instructions) units; half its budget is \(most)")
  }

  private func unrelated(_ answer: DecideAnswer, _ request: SearchRequest) -> Violation? {
    let other = decide(request.withUnrelated)
    // A policy with `queues_offline` may choose it, and then it is not unrelated.
    if queuesOffline, other.device?.text == request.unrelatedID { return nil }
    return difference(answer, other, .unrelatedDevice, "with an unrelated offline device added")
  }

  private func renumbered(_ answer: DecideAnswer, _ request: SearchRequest) -> Violation? {
    if request.hasTies { return nil }
    for other in request.renumbered {
      let order = other.members.map(\.device.id.text).joined(separator: ", ")
      if let found = difference(
        answer, decide(other), .renumbered,
        other.members.count > 12 ? "with the devices in another order" : "with the devices in the order \(order)")
      {
        return found
      }
    }
    return nil
  }

  /// Compares outcome, device and end of a wait; reasons may differ.
  private func difference(
    _ first: DecideAnswer, _ second: DecideAnswer, _ property: PolicyProperty, _ how: String
  ) -> Violation? {
    let (before, after) = (PropertyCheck.words(first), PropertyCheck.words(second))
    return before == after ? nil : Violation(property: property, message: "\(before); \(how): \(after)")
  }

  private static func words(_ answer: DecideAnswer) -> String {
    if let fault = answer.decision.fault { return "\(fault.kind.rawValue) fault" }
    switch answer.decision.resolution {
    case .use: return "use \(answer.device?.text ?? "")"
    case .move: return "move \(answer.device?.text ?? "")"
    case .wait(let until):
      let list = answer.decision.waitlist.map { " on the waitlist of \($0.text())" } ?? ""
      return "wait until \(until.rfc3339)\(list)"
    case .skip: return "skip"
    }
  }
}
