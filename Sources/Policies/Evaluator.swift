import LuaSandbox
import Routing

/// Makes every decision: live cycles, dry runs and single requests all use it.
///
/// The core screens (the fleet holds one tenant's devices, without retired ones), the policies choose, and the core
/// admits the choice and reserves it, so that the next decision sees it. A decision is a function of policies, fleet,
/// contact and seed: there is no clock, no storage and no state except the reservations.
package final class Evaluator {
  // Nothing called during an access re-enters this object, so that accesses never overlap.
  /// Includes the reservations of all decisions so far; only this class changes it.
  @exclusivity(unchecked) package private(set) var fleet: Fleet
  private let first: CompiledPolicy
  /// Evaluated if the policies before them have no opinion.
  private let others: ArraySlice<CompiledPolicy>
  private let enrollers: [CompiledPolicy]
  private let view: FleetView
  private let contactView: ContactView
  /// The view's table. Stored here, because accessing a property of this object costs no reference count.
  private let contactTable: RowTable
  private lazy var leadView = LeadView()
  /// Evaluated after the policies, in order.
  let guards: [CompiledPolicy]
  /// The condition of each guard.
  private let conditions: [GuardCondition]
  /// What guards see; filled only if one is evaluated, which is rare.
  private lazy var guardedContact = ContactView(readers: guards)
  private lazy var choiceView = ChoiceView()
  /// For verdicts that are only compared: the fleet changes only by the reservations of others.
  @exclusivity(unchecked) var reservesNothing = false
  /// Decides about bulk contacts, over the same fleet with reduced limits. Made for the first of them; nil before.
  @exclusivity(unchecked) private var bulk: Evaluator?

  /// `policies` must not be empty and are evaluated in order. `guards` can only replace their choice with a wait.
  package init(policies: [CompiledPolicy], guards: [CompiledPolicy] = [], fleet: Fleet) {
    precondition(!policies.isEmpty, "a tenant has at least one policy")
    first = policies[0]
    others = policies.dropFirst()
    enrollers = policies.filter { $0.hasHook(.enroll) }
    self.guards = guards
    conditions = guards.map(\.condition)
    self.fleet = fleet
    view = FleetView(fleet, showsAttributes: (policies + guards).contains { $0.readsDeviceAttributes })
    contactView = ContactView(readers: policies)
    contactTable = contactView.table
  }

  /// Loads the data for a decision about the contact into the processor's caches, a few decisions ahead. Does not affect
  /// any decision.
  package func prefetch(_ contact: Contact) {
    guard let key = contact.assignedKey, let position = view.prefetch(key) else { return }
    fleet.withReservations(of: position, prefetchMemory)
  }

  /// In evaluation order.
  var policies: [CompiledPolicy] { [first] + others }

  /// The first policy: the origin of a decision made without evaluating a policy.
  package var origin: DecisionOrigin { first.origin }

  /// Decides one due step, and reserves the chosen device.
  package func decide(_ contact: Contact, seed: UInt64) -> Decision {
    if contact.priority == .bulk, fleet.bulkShare < 100 {
      return decideBulk { $0.decide(contact, seed: seed) }
    }
    contactView.show(contact, in: view)
    let answer = first.ask(.select, subject: contactTable, fleet: view, seed: seed)
    guard answer.isNoOpinion, !others.isEmpty else { return applyGuards(answer, of: first, contact, seed: seed) }
    return askOthers(after: answer, contact, seed: seed)
  }

  /// Applies guards and admission to a choice made elsewhere, with the first policy as its origin.
  func decide(_ contact: Contact, choice: Verdict, reason: String, seed: UInt64) -> Decision {
    if contact.priority == .bulk, fleet.bulkShare < 100 {
      return decideBulk { $0.decide(contact, choice: choice, reason: reason, seed: seed) }
    }
    return applyGuards(
      PolicyAnswer(choice, reason: reason, code: nil, instructions: 0, remarks: nil), of: first, contact, seed: seed)
  }

  /// Decides about a bulk contact over the fleet with reduced limits, and reserves the chosen device on this fleet too.
  @inline(never)
  private func decideBulk(_ decide: (Evaluator) -> Decision) -> Decision {
    let side = bulk ?? Evaluator(policies: policies, guards: guards, fleet: fleet.forBulk)
    bulk = side
    side.reservesNothing = reservesNothing
    let decision = decide(side)
    if let device = decision.resolution.device, !reservesNothing {
      fleet.reserve(device)
      view.reserve(device)
    }
    return decision
  }

  private func askOthers(after first: PolicyAnswer, _ contact: Contact, seed: UInt64) -> Decision {
    var (instructions, notes) = (first.instructions, first.remarks?.notes ?? [])
    var caught = first.remarks?.caught ?? []
    var (answer, asked) = (first, self.first)
    for policy in others {
      asked = policy
      answer = policy.ask(.select, subject: contactTable, fleet: view, seed: seed)
      instructions += answer.instructions
      notes += answer.remarks?.notes ?? []
      caught += answer.remarks?.caught ?? []
      if !answer.isNoOpinion { break }
    }
    let fault = answer.remarks?.fault
    let all = PolicyAnswer(
      answer.verdict, reason: answer.reason, code: answer.code, instructions: instructions,
      remarks: fault == nil && notes.isEmpty && caught.isEmpty
        ? nil : DecisionRemarks(fault: fault, notes: notes, caught: caught))
    return applyGuards(all, of: asked, contact, seed: seed)
  }

  /// Applies the guards whose conditions are met, then admission.
  @inline(__always)
  private func applyGuards(
    _ answer: consuming PolicyAnswer, of asked: CompiledPolicy, _ contact: Contact, seed: UInt64
  ) -> Decision {
    if !conditions.isEmpty, answer.verdict.choosesDevice, answer.remarks?.fault == nil,
      conditions.contains(where: { $0.isMet(by: contact) })
    {
      return narrow(answer, of: asked, contact, seed: seed)
    }
    return admit(answer, of: asked, seed: seed)
  }

  /// Evaluates the guards until one makes the contact wait, by its verdict or by a fault.
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
    var caught = chosen.remarks?.caught ?? []
    var answered: [DecisionOrigin] = []
    for (index, policy) in guards.enumerated() where conditions[index].isMet(by: contact) {
      let answer = policy.ask(about: choiceView.table, subject: guardedContact.table, fleet: view, seed: seed)
      instructions += answer.instructions
      notes += answer.remarks?.notes ?? []
      caught += answer.remarks?.caught ?? []
      if answer.remarks?.fault == nil { answered.append(policy.origin) }
      if answer.isNoOpinion { continue }
      let narrowed = NarrowedChoice(
        origin: asked.origin, outcome: outcome, device: device, deviceKey: fleet.members[device].device.key,
        reason: chosen.reason, code: chosen.code)
      let all = PolicyAnswer(
        answer.verdict, reason: answer.reason, code: answer.code, instructions: instructions,
        remarks: DecisionRemarks(
          fault: answer.remarks?.fault, notes: notes, narrowed: narrowed, guards: answered, caught: caught))
      return admit(all, of: policy, seed: seed)
    }
    let all = PolicyAnswer(
      chosen.verdict, reason: chosen.reason, code: chosen.code, instructions: instructions,
      remarks: notes.isEmpty && answered.isEmpty && caught.isEmpty
        ? nil : DecisionRemarks(fault: nil, notes: notes, guards: answered, caught: caught))
    return admit(all, of: asked, seed: seed)
  }

  /// Turns an answer into a decision, and reserves the chosen device.
  @inline(__always)
  private func admit(_ answer: consuming PolicyAnswer, of asked: CompiledPolicy, seed: UInt64) -> Decision {
    if let fault = answer.remarks?.fault { return refuse(answer, fault, of: asked, seed: seed) }
    let resolution: Resolution
    do throws(Fault) {
      resolution = try Admission.resolve(answer.verdict, fleet: &fleet)
    } catch { return refuse(answer, error, of: asked, seed: seed) }
    var (capacityAt, latestEnd): (Instant?, Instant?) = (nil, nil)
    var waitlist: Waitlist?
    switch resolution {
    case .use(let device), .move(let device):
      if !reservesNothing { reserve(position: device) }
    case .wait:
      capacityAt = fleet.capacityAt()
      if case .waitFor(let target, _) = answer.verdict { waitlist = target.waitlist(in: fleet) }
      // A suspended policy ran no script: capacity does not end that wait.
      if answer.remarks?.narrowed == nil, answer.instructions > 0 {
        latestEnd = Admission.latestEnd(of: answer.verdict, fleet: &fleet)
      }
    case .skip: break
    }
    return Decision(
      resolution: resolution, reason: answer.reason, code: answer.code, origin: asked.origin, seed: seed,
      instructions: answer.instructions, remarks: answer.remarks, capacityAt: capacityAt, waitlist: waitlist,
      latestEnd: latestEnd)
  }

  /// The decision for a fault: the contact waits.
  @inline(never)
  private func refuse(
    _ answer: PolicyAnswer, _ fault: Fault, of asked: CompiledPolicy, seed: UInt64
  ) -> Decision {
    Decision(
      resolution: .wait(until: Admission.retryAfterFault(at: fleet.now)), reason: Evaluator.reason(fault, in: asked),
      code: fault.code, origin: asked.origin, seed: seed, instructions: answer.instructions,
      remarks: DecisionRemarks(
        fault: fault, notes: answer.remarks?.notes ?? [], narrowed: answer.remarks?.narrowed,
        guards: answer.remarks?.guards ?? [], caught: answer.remarks?.caught ?? []),
      capacityAt: fleet.capacityAt())
  }

  /// Reserves the device of a recorded decision if this evaluator chose another one. False if the fleet does not contain
  /// the device.
  package func reserve(decidedElsewhere device: DeviceID) -> Bool {
    guard let position = fleet.position(of: device) else { return false }
    reserve(position: position)
    return true
  }

  /// Reserves a device that was chosen elsewhere.
  @inline(__always)
  func reserve(position: Int) {
    fleet.reserve(position)
    view.reserve(position)
    if let bulk { bulk.reserve(position: position) }
  }

  /// Calls the `enroll` hooks to choose a lead's device. Without a hook or an opinion, the lead keeps its own.
  package func enroll(_ lead: Lead, seed: UInt64) -> EnrolmentAnswer {
    if !enrollers.isEmpty { leadView.show(lead, in: view) }
    for policy in enrollers {
      let answer = policy.ask(.enroll, subject: leadView.table, fleet: view, seed: seed)
      if answer.isNoOpinion { continue }
      do throws(Fault) {
        if let fault = answer.remarks?.fault { throw fault }
        let choice: EnrolmentChoice =
          switch try Admission.resolve(answer.verdict.withoutWaitlist, fleet: &fleet) {
          case .use(let device), .move(let device):
            .enrol(device: fleet.members[device].device.key, reason: answer.reason)
          case .wait(let until): .wait(until: until, reason: answer.reason)
          case .skip: .leaveOut(reason: answer.reason)
          }
        return EnrolmentAnswer(choice, by: policy.origin)
      } catch {
        let reason = Evaluator.reason(error, in: policy)
        return EnrolmentAnswer(
          .failed(until: Admission.retryAfterFault(at: fleet.now), reason: reason), by: policy.origin,
          failure: reason, fault: error)
      }
    }
    let own = lead.device.flatMap(fleet.position).map { fleet.members[$0].device.key }
    return EnrolmentAnswer(.enrol(device: own, reason: "the lead's device"), by: nil)
  }

  private static func reason(_ fault: Fault, in policy: CompiledPolicy) -> String {
    heading(fault.kind, line: fault.line, in: policy.file) + fault.message
  }

  /// The fault that a decision's reason describes, given its kind and line; nil if the reason does not describe such a
  /// fault.
  package static func fault(
    _ kind: Fault.Kind, line: Int?, code: ReasonCode?, from reason: String, of file: String
  ) -> Fault? {
    let heading = heading(kind, line: line, in: file)
    guard reason.utf8.starts(with: heading.utf8) else { return nil }
    return Fault(
      kind, String(decoding: reason.utf8.dropFirst(heading.utf8.count), as: UTF8.self), line: line, code: code)
  }

  private static func heading(_ kind: Fault.Kind, line: Int?, in file: String) -> String {
    "\(kind.rawValue) fault in \(file)\(line.map { ", line \($0)" } ?? ""): "
  }
}
