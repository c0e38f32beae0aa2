import Routing

/// The one place where decisions are made: live cycles, dry runs and single requests all come here.
///
/// Core screens (the fleet holds one tenant's devices that are not retired), the policies choose, the core admits and
/// reserves on the loads, so that the next decision sees this one. A function of policies, fleet, contact and seed: no
/// clock, no storage, nothing kept but the reservations.
package final class Evaluator {
  // Nothing that is called while it is read or changed comes back here, so no access overlaps another.
  @exclusivity(unchecked) package private(set) var fleet: Fleet
  private let policies: [CompiledPolicy]
  private let view: FleetView
  private let contactView: ContactView
  private lazy var leadView = LeadView()

  /// `policies` are asked in order; there is at least one.
  package init(policies: [CompiledPolicy], fleet: Fleet) {
    precondition(!policies.isEmpty, "a tenant has at least one policy")
    self.policies = policies
    self.fleet = fleet
    view = FleetView(fleet)
    contactView = ContactView(readers: policies)
  }

  /// Decides one due step, and reserves the device that it goes to.
  package func decide(_ contact: Contact, seed: UInt64) -> Decision {
    contactView.show(contact, in: view)
    var used: Int64 = 0
    var notes: [String] = []
    var verdict = Verdict.noOpinion
    var asked = policies[0]
    for policy in policies {
      asked = policy
      let answer = policy.ask(.select, subject: contactView.table, fleet: view, seed: seed)
      used += answer.instructions
      if !answer.notes.isEmpty { notes += answer.notes }
      verdict = answer.verdict
      guard case .noOpinion = verdict else { break }
    }
    let (resolution, reason, fault) = Admission.resolve(verdict, fleet: &fleet)
    var capacityAt: Instant?
    if let device = resolution.device {
      fleet.reserve(device)
      view.update(device, fleet.members[device].load, fleet.members[device].device.limits)
    } else if case .wait = resolution {
      capacityAt = fleet.capacityAt()
    }
    return Decision(
      resolution: resolution, reason: fault.map { Evaluator.reason($0, in: asked) } ?? reason,
      policy: asked.name, revision: asked.revision.digest, seed: seed, instructions: used, fault: fault,
      notes: notes, capacityAt: capacityAt)
  }

  /// Asks the `enroll` hooks where a lead should belong; without one, or without an opinion, it keeps its device.
  package func enroll(_ lead: Lead, seed: UInt64) -> EnrolmentChoice {
    let own = lead.device.flatMap(fleet.position).map { fleet.members[$0].device.key }
    let hooked = policies.filter { $0.hasHook(.enroll) }
    guard !hooked.isEmpty else { return .enrol(device: own, reason: "the lead's device") }
    leadView.show(lead, in: view)
    for policy in hooked {
      let verdict = policy.ask(.enroll, subject: leadView.table, fleet: view, seed: seed).verdict
      if verdict == .noOpinion { continue }
      let (resolution, reason, fault) = Admission.resolve(verdict, fleet: &fleet)
      let text = fault.map { Evaluator.reason($0, in: policy) } ?? reason
      switch resolution {
      case .use(let device), .move(let device):
        return .enrol(device: fleet.members[device].device.key, reason: text)
      case .wait(let until): return .wait(until: until, reason: text)
      case .skip: return .leaveOut(reason: text)
      }
    }
    return .enrol(device: own, reason: "the lead's device")
  }

  private static func reason(_ fault: Fault, in policy: CompiledPolicy) -> String {
    let place = fault.line.map { ", line \($0)" } ?? ""
    return "\(fault.kind.rawValue) fault in \(policy.file)\(place): \(fault.message)"
  }
}
