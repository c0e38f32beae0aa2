import LuaSandbox
import Routing

/// The one place where decisions are made: live cycles, dry runs and single requests all come here.
///
/// Core screens (the fleet holds one tenant's devices that are not retired), the policies choose, the core admits and
/// reserves on the loads, so that the next decision sees this one. A function of policies, fleet, contact and seed: no
/// clock, no storage, nothing kept but the reservations.
package final class Evaluator {
  // Nothing that is called while it is read or changed comes back here, so no access overlaps another.
  /// With the reservations of all decisions so far; only this class changes it.
  @exclusivity(unchecked) package private(set) var fleet: Fleet
  private let first: CompiledPolicy
  /// Those that are asked when the ones before them have no opinion.
  private let others: ArraySlice<CompiledPolicy>
  private let enrollers: [CompiledPolicy]
  private let view: FleetView
  private let contactView: ContactView
  /// The view's: what is a property of this object is handed on without counting a reference.
  private let contactTable: RowTable
  private lazy var leadView = LeadView()
  /// Asked after the policies, in order.
  let guards: [CompiledPolicy]
  /// From when on each of them is.
  private let thresholds: [GuardThreshold]
  /// What guards see: filled when one of them is asked, which is seldom.
  private lazy var guardedContact = ContactView(readers: guards)
  private lazy var choiceView = ChoiceView()
  /// For verdicts that are compared and never acted on: the fleet stays as others leave it.
  @exclusivity(unchecked) var reservesNothing = false

  /// `policies` are asked in order; there is at least one. `guards` can make a wait of what they choose, and nothing else.
  package init(policies: [CompiledPolicy], guards: [CompiledPolicy] = [], fleet: Fleet) {
    precondition(!policies.isEmpty, "a tenant has at least one policy")
    first = policies[0]
    others = policies.dropFirst()
    enrollers = policies.filter { $0.hasHook(.enroll) }
    self.guards = guards
    thresholds = guards.map(\.threshold)
    self.fleet = fleet
    view = FleetView(fleet, showsAttributes: (policies + guards).contains { $0.readsDeviceAttributes })
    contactView = ContactView(readers: policies)
    contactTable = contactView.table
  }

  /// Loads what a decision about the contact needs into the processor's caches, a few decisions ahead. Decides nothing and
  /// changes no answer.
  package func prefetch(_ contact: Contact) {
    guard let key = contact.assignedKey, let position = view.prefetch(key) else { return }
    fleet.withReservations(of: position, prefetchMemory)
  }

  /// In the order in which they are asked.
  var policies: [CompiledPolicy] { [first] + others }

  /// The first policy: the origin of a decision for which no policy was asked.
  package var origin: DecisionOrigin { first.origin }

  /// Decides one due step, and reserves the device that it goes to.
  package func decide(_ contact: Contact, seed: UInt64) -> Decision {
    contactView.show(contact, in: view)
    let answer = first.ask(.select, subject: contactTable, fleet: view, seed: seed)
    guard answer.isNoOpinion, !others.isEmpty else { return applyGuards(answer, of: first, contact, seed: seed) }
    return askOthers(after: answer, contact, seed: seed)
  }

  /// Decides what becomes of a choice that was made elsewhere, in the name of the first policy: what guards make of it, and
  /// the core.
  func decide(_ contact: Contact, choice: Verdict, reason: String, seed: UInt64) -> Decision {
    applyGuards(PolicyAnswer(choice, reason: reason, instructions: 0, remarks: nil), of: first, contact, seed: seed)
  }

  private func askOthers(after first: PolicyAnswer, _ contact: Contact, seed: UInt64) -> Decision {
    var (instructions, notes) = (first.instructions, first.remarks?.notes ?? [])
    var (answer, asked) = (first, self.first)
    for policy in others {
      asked = policy
      answer = policy.ask(.select, subject: contactTable, fleet: view, seed: seed)
      instructions += answer.instructions
      notes += answer.remarks?.notes ?? []
      if !answer.isNoOpinion { break }
    }
    let fault = answer.remarks?.fault
    let all = PolicyAnswer(
      answer.verdict, reason: answer.reason, instructions: instructions,
      remarks: fault == nil && notes.isEmpty ? nil : DecisionRemarks(fault: fault, notes: notes))
    return applyGuards(all, of: asked, contact, seed: seed)
  }

  /// What policies chose, seen by the guards that have reason to look, and admitted.
  @inline(__always)
  private func applyGuards(
    _ answer: consuming PolicyAnswer, of asked: CompiledPolicy, _ contact: Contact, seed: UInt64
  ) -> Decision {
    if !thresholds.isEmpty, answer.verdict.choosesDevice, answer.remarks?.fault == nil,
      thresholds.contains(where: { $0.isMet(by: contact) })
    {
      return narrow(answer, of: asked, contact, seed: seed)
    }
    return admit(answer, of: asked, seed: seed)
  }

  /// Asks the guards until one makes the contact wait, which its fault does too.
  @inline(never)
  private func narrow(
    _ chosen: PolicyAnswer, of asked: CompiledPolicy, _ contact: Contact, seed: UInt64
  ) -> Decision {
    guard let (outcome, device) = chosen.verdict.choice, fleet.contains(device) else {
      return admit(chosen, of: asked, seed: seed)
    }
    guardedContact.show(contact, in: view)
    choiceView.show(outcome, device: device, reason: chosen.reason, policy: asked.name)
    var (instructions, notes) = (chosen.instructions, chosen.remarks?.notes ?? [])
    var answered: [DecisionOrigin] = []
    for (place, guardian) in guards.enumerated() where thresholds[place].isMet(by: contact) {
      let said = guardian.ask(about: choiceView.table, subject: guardedContact.table, fleet: view, seed: seed)
      instructions += said.instructions
      notes += said.remarks?.notes ?? []
      if said.remarks?.fault == nil { answered.append(guardian.origin) }
      if said.isNoOpinion { continue }
      let narrowed = NarrowedChoice(
        origin: asked.origin, outcome: outcome, device: device, deviceKey: fleet.members[device].device.key,
        reason: chosen.reason)
      let all = PolicyAnswer(
        said.verdict, reason: said.reason, instructions: instructions,
        remarks: DecisionRemarks(fault: said.remarks?.fault, notes: notes, narrowed: narrowed, guards: answered))
      return admit(all, of: guardian, seed: seed)
    }
    let all = PolicyAnswer(
      chosen.verdict, reason: chosen.reason, instructions: instructions,
      remarks: notes.isEmpty && answered.isEmpty ? nil : DecisionRemarks(fault: nil, notes: notes, guards: answered))
    return admit(all, of: asked, seed: seed)
  }

  /// The core's part: what a policy answered becomes a decision, and a device that is chosen is reserved.
  @inline(__always)
  private func admit(_ answer: consuming PolicyAnswer, of asked: CompiledPolicy, seed: UInt64) -> Decision {
    if let fault = answer.remarks?.fault { return refuse(answer, fault, of: asked, seed: seed) }
    let resolution: Resolution
    do throws(Fault) {
      resolution = try Admission.resolve(answer.verdict, fleet: &fleet)
    } catch { return refuse(answer, error, of: asked, seed: seed) }
    var capacityAt: Instant?
    switch resolution {
    case .use(let device), .move(let device):
      if !reservesNothing { reserve(position: device) }
    case .wait: capacityAt = fleet.capacityAt()
    case .skip: break
    }
    return Decision(
      resolution: resolution, reason: answer.reason, origin: asked.origin, seed: seed,
      instructions: answer.instructions, remarks: answer.remarks, capacityAt: capacityAt)
  }

  /// What a fault comes to: the contact waits.
  @inline(never)
  private func refuse(
    _ answer: PolicyAnswer, _ fault: Fault, of asked: CompiledPolicy, seed: UInt64
  ) -> Decision {
    Decision(
      resolution: .wait(until: Admission.retryAfterFault(at: fleet.now)), reason: Evaluator.reason(fault, in: asked),
      origin: asked.origin, seed: seed, instructions: answer.instructions,
      remarks: DecisionRemarks(
        fault: fault, notes: answer.remarks?.notes ?? [], narrowed: answer.remarks?.narrowed,
        guards: answer.remarks?.guards ?? []),
      capacityAt: fleet.capacityAt())
  }

  /// Reserves what a decision on record chose where this evaluator chose otherwise. False for a device that is not in
  /// the fleet.
  package func reserve(decidedElsewhere device: DeviceID) -> Bool {
    guard let position = fleet.position(of: device) else { return false }
    reserve(position: position)
    return true
  }

  /// Reserves a device that something else decided for.
  @inline(__always)
  func reserve(position: Int) {
    fleet.reserve(position)
    view.reserve(position)
  }

  /// Asks the `enroll` hooks where a lead should belong; without one, or without an opinion, it keeps its device.
  package func enroll(_ lead: Lead, seed: UInt64) -> EnrolmentAnswer {
    if !enrollers.isEmpty { leadView.show(lead, in: view) }
    for policy in enrollers {
      let answer = policy.ask(.enroll, subject: leadView.table, fleet: view, seed: seed)
      if answer.isNoOpinion { continue }
      do throws(Fault) {
        if let fault = answer.remarks?.fault { throw fault }
        let choice: EnrolmentChoice =
          switch try Admission.resolve(answer.verdict, fleet: &fleet) {
          case .use(let device), .move(let device):
            .enrol(device: fleet.members[device].device.key, reason: answer.reason)
          case .wait(let until): .wait(until: until, reason: answer.reason)
          case .skip: .leaveOut(reason: answer.reason)
          }
        return EnrolmentAnswer(choice, by: policy.origin)
      } catch {
        let reason = Evaluator.reason(error, in: policy)
        return EnrolmentAnswer(
          .wait(until: Admission.retryAfterFault(at: fleet.now), reason: reason), by: policy.origin, failure: reason)
      }
    }
    let own = lead.device.flatMap(fleet.position).map { fleet.members[$0].device.key }
    return EnrolmentAnswer(.enrol(device: own, reason: "the lead's device"), by: nil)
  }

  private static func reason(_ fault: Fault, in policy: CompiledPolicy) -> String {
    heading(fault.kind, line: fault.line, in: policy.file) + fault.message
  }

  /// The fault that a decision's reason tells of, with its kind and line; nil when it tells of none such.
  package static func fault(_ kind: Fault.Kind, line: Int?, from reason: String, of file: String) -> Fault? {
    let heading = heading(kind, line: line, in: file)
    guard reason.utf8.starts(with: heading.utf8) else { return nil }
    return Fault(kind, String(decoding: reason.utf8.dropFirst(heading.utf8.count), as: UTF8.self), line: line)
  }

  private static func heading(_ kind: Fault.Kind, line: Int?, in file: String) -> String {
    "\(kind.rawValue) fault in \(file)\(line.map { ", line \($0)" } ?? ""): "
  }
}
