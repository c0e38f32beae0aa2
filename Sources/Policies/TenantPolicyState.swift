import Routing

/// One tenant's policies in a `PolicyRegistry`: the recorded ones and those of their files.
final class TenantPolicyState {
  /// The number of the last generation that was read; nil before the first.
  private(set) var last: Int64?
  private var generation: PolicyGeneration?
  private var liveChange: PolicyChange?
  private var texts: [String: Set<String>] = [:]
  var slots: [String: Slot] = [:]
  private(set) var trials: (canary: CompiledLineup.Trial?, shadow: CompiledLineup.Trial?)
  let catalog: PolicyCatalog
  private let acceptance: any PolicyAcceptance
  private let limits: SandboxLimitsOption

  /// The state of one policy in the tenant's list.
  struct Slot {
    /// The file and parameters that were checked last, whether they were accepted or not.
    var seen: PolicyCatalog.Entry?
    var parameters: [Parameter]?
    /// The policy in use, once it is compiled.
    var policy: CompiledPolicy?
    /// The recorded policy, until it is compiled; skipped if a file has the same source.
    var onRecord: PolicyRevision?
    /// Why the file checked last was refused.
    var fault: Fault?
    /// Why the file checked last is held although it is valid.
    var held: TenantPolicies.Held.Why?
    /// Whether the policy has no file and needs none.
    var isWithoutFile = false

    var live: PolicyRevision? { policy?.revision ?? onRecord }
  }

  init(catalog: PolicyCatalog, acceptance: any PolicyAcceptance, limits: SandboxLimitsOption) {
    (self.catalog, self.acceptance, self.limits) = (catalog, acceptance, limits)
  }

  // MARK: - Recorded policies

  /// Reads a generation that is new to this object: begun by an earlier process, an operator, or this process.
  func learn(_ known: KnownPolicies, last: Int64) {
    self.last = last
    let before = generation
    (generation, liveChange) = (known.generation, known.liveChange)
    for name in slots.keys { slots[name]?.isWithoutFile = false }
    texts = Dictionary(grouping: known.texts, by: \.policy).mapValues { Set($0.map(\.digest)) }
    let lineup = known.generation?.lineup
    for revision in lineup?.live ?? [] { adopt(revision) }
    if before?.lineup.canary != lineup?.canary { trials.canary = lineup?.canary.map(compiled) }
    if before?.lineup.shadow != lineup?.shadow { trials.shadow = lineup?.shadow.map(compiled) }
  }

  /// Makes a revision the one in use for its policy. Its file is then checked again.
  private func adopt(_ revision: PolicyRevision) {
    var slot = slots[revision.policy] ?? Slot()
    if let held = slot.live, held.digest == revision.digest { return }
    slot.policy = nil
    // A revision without a source represents a file that never compiled.
    slot.onRecord = revision.source.isEmpty ? nil : revision
    (slot.seen, slot.fault, slot.held) = (nil, nil, nil)
    slots[revision.policy] = slot
  }

  /// The key of `slots`: the name that revisions have.
  static func stem(_ name: String) -> String { name.hasSuffix(".lua") ? String(name.dropLast(4)) : name }

  private func compiled(_ revision: PolicyRevision) -> CompiledPolicy? {
    try? CompiledPolicy(revision, limits: limits.sandbox)
  }

  private func compiled(_ trial: PolicyTrial) -> CompiledLineup.Trial {
    CompiledLineup.Trial(
      share: trial.share, policies: trial.revisions.map { compiled($0) ?? CompiledPolicy.onRecord($0) })
  }

  // MARK: - Policies in use

  func refresh(_ tenant: Tenant, isPinned: Bool, guardRegistry: GuardRegistry) -> TenantPolicies {
    let guards = guardRegistry.refresh(
      tenant, onRecord: generation?.lineup.guards ?? [], isPinned: isPinned && generation != nil)
    if isPinned, let generation, !generation.lineup.live.isEmpty { return pinned(generation, guards, of: tenant) }
    var live: [CompiledPolicy] = []
    var refusals: [TenantPolicies.Refusal] = []
    var held: [TenantPolicies.Held] = []
    var (accepted, origins): ([String], [String]) = ([], [])
    var unrecorded: [PolicyText] = []
    for name in tenant.policies {
      var slot = slots[TenantPolicyState.stem(name)] ?? Slot()
      if let text = update(&slot, name: name, parameters: tenant.parameters) {
        if text.isAccepted { accepted.append(name) }
        if let origin = text.origin { origins.append(origin) }
        if texts[text.text.policy] != [text.text.digest], text.replacesTexts { unrecorded.append(text.text) }
      }
      if let fault = slot.fault {
        let place = fault.line.map { "line \($0): " } ?? ""
        refusals.append(TenantPolicies.Refusal(policy: name, message: place + fault.message, code: fault.code))
      }
      if let why = slot.held { held.append(TenantPolicies.Held(policy: name, why)) }
      compileIfNeeded(&slot)
      live.append(
        slot.policy
          ?? CompiledPolicy(
            broken: slot.fault ?? Fault(.syntax, "the policy cannot be used", code: .policyUnusable), file: name,
            source: slot.seen?.source ?? [],
            recorded: generation?.lineup.live.first { $0.policy == TenantPolicyState.stem(name) }))
      slots[TenantPolicyState.stem(name)] = slot
    }
    for text in unrecorded { texts[text.policy] = [text.digest] }
    let proposal = proposal(live, guards, parameters: tenant.parameters, origins: origins, texts: unrecorded)
    return TenantPolicies(
      lineup: CompiledLineup(live: live, canary: trials.canary, shadow: trials.shadow, guards: guards.guards),
      refusals: refusals + guards.refusals, held: held + guards.held, accepted: accepted + guards.accepted,
      proposal: proposal,
      texts: proposal == nil ? unrecorded : [])
  }

  /// The generation that `live` and `guards` require; nil if the latest recorded one has the same revisions.
  func proposal(
    _ live: [CompiledPolicy], _ guards: GuardRegistry.TenantGuards, parameters: [Parameter]?, origins: [String],
    texts: [PolicyText]
  ) -> GenerationProposal? {
    let revisions = live.map(\.revision)
    var lineup = generation?.lineup ?? PolicyLineup(live: [])
    let guardRevisions = guards.guards.map(\.revision)
    let isSame = { (one: PolicyRevision, other: PolicyRevision) in
      one.policy == other.policy && one.digest == other.digest
    }
    let areGuardsSame = lineup.guards.elementsEqual(guardRevisions, by: isSame)
    lineup.guards = guardRevisions
    if lineup.live.elementsEqual(revisions, by: isSame) {
      if areGuardsSame { return nil }
      return GenerationProposal(
        lineup: lineup, parameters: generation?.parameters, action: .guards,
        origin: guards.accepted.isEmpty ? "the operator's list" : guards.accepted.joined(separator: ", "), texts: texts)
    }
    lineup.live = revisions
    return GenerationProposal(
      lineup: lineup, parameters: parameters, action: .edit,
      origin: origins.isEmpty ? "the tenant's line" : origins.joined(separator: ", "), texts: texts)
  }

  /// The result of checking a file.
  private struct FileUpdate {
    let text: PolicyText
    /// Where the source came from; nil if it was not accepted.
    let origin: String?
    let isAccepted: Bool
    /// Whether this source replaces all recorded sources of the policy.
    let replacesTexts: Bool
  }

  /// Checks a policy's file and the tenant's parameters. Nil if they are unchanged or cannot be used.
  private func update(_ slot: inout Slot, name: String, parameters: [Parameter]) -> FileUpdate? {
    let entry: PolicyCatalog.Entry
    do throws(Fault) {
      guard let found = try catalog.find(named: name) else {
        try continueWithoutFile(&slot, of: name, parameters)
        return nil
      }
      entry = found
    } catch {
      // If the same file comes back, it is checked again.
      (slot.seen, slot.held) = (nil, nil)
      slot.fault = error
      return nil
    }
    guard entry != slot.seen || parameters != slot.parameters else { return nil }
    let isFirstLook = slot.seen == nil
    (slot.seen, slot.parameters, slot.held, slot.isWithoutFile) = (entry, parameters, nil, false)
    let text = PolicyText(policy: entry.name, digest: Digest.sha256(entry.source))
    let live = slot.live.map { Array($0.source.utf8) }
    do throws(Fault) {
      if let live, live != entry.source, let reason = reasonToHold(entry, text) {
        replace(&slot, with: try compiled(entry.name, live, parameters))
        slot.held = reason
        let isUnclaimed = entry.path != nil && texts[text.policy] == nil
        return FileUpdate(text: text, origin: nil, isAccepted: false, replacesTexts: isUnclaimed)
      }
      let policy = try acceptance.accept(entry, parameters: parameters, limits: limits, kind: .policy)
      let isNew = replace(&slot, with: policy)
      return FileUpdate(
        text: text, origin: live == entry.source ? nil : entry.path ?? "shipped", isAccepted: isNew, replacesTexts: true
      )
    } catch {
      if isFirstLook, live == entry.source, isLive(slot, with: parameters) {
        slot.fault = nil
        slot.held = TenantPolicies.Held.noLongerPasses(error)
      } else {
        slot.fault = error
      }
      return nil
    }
  }

  /// Whether the live source with these parameters makes the live revision. If so at the first look of a process, nothing
  /// about the policy is new: its check and its cases, which an upgrade may have changed, must not refuse it.
  private func isLive(_ slot: Slot, with parameters: [Parameter]) -> Bool {
    guard let live = slot.live else { return false }
    let compiled = try? compiled(live.policy, Array(live.source.utf8), parameters)
    return compiled?.revision.isSame(as: live) ?? false
  }

  /// Keeps the policy in use if its file is missing. Throws if its source came from the file, which was then removed.
  private func continueWithoutFile(_ slot: inout Slot, of name: String, _ parameters: [Parameter]) throws(Fault) {
    if slot.isWithoutFile, parameters == slot.parameters {
      if let fault = slot.fault { throw fault }
      return
    }
    (slot.seen, slot.parameters, slot.held, slot.isWithoutFile) = (nil, parameters, nil, true)
    guard let revision = slot.live, !revision.source.isEmpty, !wasInFile(revision) else {
      throw catalog.missing(name)
    }
    // An operator activated a revision, or a file from another place: only the parameters can change.
    replace(&slot, with: try compiled(revision.policy, Array(revision.source.utf8), parameters))
  }

  /// Whether the source in use was seen in the policy's file.
  private func wasInFile(_ revision: PolicyRevision) -> Bool {
    texts[revision.policy]?.contains(PolicyText(of: revision).digest) ?? false
  }

  private func compiled(_ name: String, _ source: [UInt8], _ parameters: [Parameter]) throws(Fault) -> CompiledPolicy {
    try CompiledPolicy(file: name, source: source, parameters: parameters, limits: limits.sandbox)
  }

  /// Why a file that differs from the source in use is held; nil if it is not. Its source was accepted or rolled back
  /// before, an operator chose the policy before this file was first read, or it is the shipped source.
  private func reasonToHold(_ entry: PolicyCatalog.Entry, _ text: PolicyText) -> TenantPolicies.Held.Why? {
    if entry.path == nil, generation?.lineup.live.contains(where: { $0.policy == entry.name }) == true {
      return TenantPolicies.Held.shipped(entry.name, in: catalog)
    }
    let isKnown = texts[text.policy].map { $0.contains(text.digest) }
    let isChosen = liveChange.map { $0.action != .edit && $0.action != .guards } ?? false
    return isKnown ?? isChosen ? TenantPolicies.Held.untilEdited : nil
  }

  /// Keeps the current interpreter if the revision is the same. Returns whether the revision changed.
  @discardableResult
  private func replace(_ slot: inout Slot, with policy: CompiledPolicy) -> Bool {
    slot.fault = nil
    if let live = slot.live, live.isSame(as: policy.revision) {
      // A policy with another recorded digest is compiled from the record: see `compileIfNeeded`.
      guard slot.policy == nil, live.digest == policy.revision.digest else { return false }
      (slot.policy, slot.onRecord) = (policy, nil)
      return false
    }
    (slot.policy, slot.onRecord) = (policy, nil)
    return true
  }

  /// Compiles the recorded policy, if no file has the same source.
  func compileIfNeeded(_ slot: inout Slot) {
    guard slot.policy == nil, let revision = slot.onRecord else { return }
    slot.policy = compiled(revision)
    slot.onRecord = nil
  }
}
