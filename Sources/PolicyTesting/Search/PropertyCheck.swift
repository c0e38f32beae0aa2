import LuaSandbox
import Policies
import Routing

/// Asks a policy about one request, and about others made of it, and compares.
///
/// Decides alone: nothing is stored, and no answer depends on an earlier one. Not for use from two threads at a time.
final class PropertyCheck {
  /// A property that does not hold for a request.
  struct Violation {
    let property: PolicyProperty
    /// What was found, in a sentence.
    let message: String
    /// A fault's kind: one that is made smaller must stay the same.
    var kind: Fault.Kind?
  }

  /// Limits that say the same on every machine: time is no part of a request.
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
    declared = policy.declared
  }

  /// The parameters that the policy declares.
  let declared: [Parameter]

  /// Every property that is looked at, other than the policy's own.
  var general: [PolicyProperty] {
    PolicyProperty.general.filter { !skipped.contains($0) && !($0 == .canAccept && queuesOffline) }
  }

  // MARK: - One request

  /// The first of the wanted properties that does not hold. `isLarge`: whether ten times the fleet is asked about too.
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

  /// The policy's own properties, for several requests at once; nil where all hold.
  func ownViolations(_ requests: [SearchRequest]) throws(PolicyCases.Failure) -> [Violation?] {
    guard let own else { return requests.map { _ in nil } }
    return try own.broken(requests.map { ($0.request, decide($0)) }).map { $0.map(violation) }
  }

  func decide(_ request: SearchRequest) -> DecideAnswer {
    decisions += 1
    do throws(Fault) {
      return DecideAnswer(request.request, policies: [try policy(request.parameters)])
    } catch {
      // Parameters that the policy does not take: the same answer as a store would get.
      let broken = CompiledPolicy(broken: error, file: file, source: source)
      return DecideAnswer(request.request, policies: [broken])
    }
  }

  private func policy(_ parameters: [Parameter]) throws(Fault) -> CompiledPolicy {
    if let known = compiled.first(where: { $0.parameters == parameters }) { return known.policy }
    let policy = try CompiledPolicy(
      file: file, source: source, parameters: parameters, limits: PropertyCheck.limits)
    // The first is that of the defaults, which nearly every request has.
    if compiled.count == PropertyCheck.compiledMax { compiled.remove(at: 1) }
    compiled.append((parameters, policy))
    return policy
  }

  // MARK: - The properties

  private func violation(_ broken: PolicyProperties.Broken) -> Violation {
    Violation(property: .own(broken.name), message: broken.why ?? "its function gave false")
  }

  private func fault(_ answer: DecideAnswer) -> Violation? {
    guard let fault = answer.decision.fault else { return nil }
    let line = fault.line.map { " at line \($0)" } ?? ""
    return Violation(
      property: .neverFaults, message: "\(fault.kind.rawValue) fault\(line): \(fault.message)", kind: fault.kind)
  }

  private func canAccept(_ answer: DecideAnswer, _ request: SearchRequest) -> Violation? {
    guard let device = answer.device, let member = request.members.first(where: { $0.device.id == device }),
      let refusal = DeviceRefusal.first(for: member.device, load: member.load, at: request.now)
    else { return nil }
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
      message: "with \(count) it takes \(answer.decision.instructions) units, and half its budget is \(most)")
  }

  private func unrelated(_ answer: DecideAnswer, _ request: SearchRequest) -> Violation? {
    let other = decide(request.withUnrelated)
    // A policy that queues offline may choose it, and then it is not unrelated.
    if queuesOffline, other.device?.text == request.unrelatedID { return nil }
    return difference(answer, other, .unrelatedDevice, "with a device more that is offline and nobody's")
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

  /// Outcome, device, and until when; the words may differ.
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
    case .wait(let until): return "wait until \(until.rfc3339)"
    case .skip: return "skip"
    }
  }
}
