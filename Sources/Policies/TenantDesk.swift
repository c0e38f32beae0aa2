import Routing

/// One tenant's policies on a `PolicyBoard`: what is on record of them, and what their files say.
final class TenantDesk {
  /// The number of the generation that was looked at last; nil before the first look.
  private(set) var last: Int64?
  private var generation: PolicyGeneration?
  private var texts: [String: Set<String>] = [:]
  private var seats: [String: Seat] = [:]
  private var trials: (canary: CompiledLineup.Trial?, shadow: CompiledLineup.Trial?)
  private let catalog: PolicyCatalog
  private let limits: SandboxLimitsOption

  /// A policy of the tenant's list.
  private struct Seat {
    /// What was looked at last, whether it was taken or not, and with which parameters.
    var seen: PolicyCatalog.Entry?
    var parameters: [Parameter]?
    /// What decides, once it is compiled.
    var policy: CompiledPolicy?
    /// What decides by the record, until it is needed: a file that says the same is compiled in its place.
    var onRecord: PolicyRevision?
    /// Why what was looked at last was not taken.
    var fault: Fault?

    var decides: PolicyRevision? { policy?.revision ?? onRecord }
  }

  init(catalog: PolicyCatalog, limits: SandboxLimitsOption) { (self.catalog, self.limits) = (catalog, limits) }

  // MARK: - What is on record

  /// Takes over a generation that this board has not seen: of an earlier process, of an operator, or its own.
  func learn(_ known: KnownPolicies, last: Int64) {
    self.last = last
    let before = generation
    generation = known.generation
    texts = Dictionary(grouping: known.texts, by: \.policy).mapValues { Set($0.map(\.digest)) }
    let lineup = known.generation?.lineup
    for revision in lineup?.live ?? [] { seat(revision) }
    if before?.lineup.canary != lineup?.canary { trials.canary = lineup?.canary.map(compiled) }
    if before?.lineup.shadow != lineup?.shadow { trials.shadow = lineup?.shadow.map(compiled) }
  }

  /// Puts what decides in the place of its policy. Files are looked at again: what they say counts against it.
  private func seat(_ revision: PolicyRevision) {
    var seat = seats[revision.policy] ?? Seat()
    if let held = seat.decides, held.digest == revision.digest { return }
    seat.policy = nil
    // Without a source it stands for a file that could never be used.
    seat.onRecord = revision.source.isEmpty ? nil : revision
    (seat.seen, seat.fault) = (nil, nil)
    seats[revision.policy] = seat
  }

  /// Seats go by the name that revisions carry.
  private static func stem(_ name: String) -> String { name.hasSuffix(".lua") ? String(name.dropLast(4)) : name }

  private func compiled(_ revision: PolicyRevision) -> CompiledPolicy? {
    try? CompiledPolicy(
      file: revision.policy, source: Array(revision.source.utf8), parameters: revision.parameters,
      limits: limits.sandbox)
  }

  private func compiled(_ trial: PolicyTrial) -> CompiledLineup.Trial {
    CompiledLineup.Trial(
      share: trial.share, policies: trial.revisions.map { compiled($0) ?? CompiledPolicy.orBroken($0) })
  }

  // MARK: - What decides now

  func standing(of tenant: Tenant, isPinned: Bool, shelf: GuardShelf) -> PolicyBoard.Standing {
    let guards = shelf.standing(
      of: tenant, onRecord: generation?.lineup.guards ?? [], isPinned: isPinned && generation != nil)
    if isPinned, let generation, !generation.lineup.live.isEmpty { return pinned(generation, guards) }
    var live: [CompiledPolicy] = []
    var refusals: [PolicyBoard.Refusal] = []
    var (taken, origins): ([String], [String]) = ([], [])
    var dealtWith: [PolicyText] = []
    for name in tenant.policies {
      var seat = seats[TenantDesk.stem(name)] ?? Seat()
      if let text = update(&seat, name: name, parameters: tenant.parameters) {
        if text.isTaken { taken.append(name) }
        if let origin = text.origin { origins.append(origin) }
        if texts[text.text.policy] != [text.text.digest], text.isAlone { dealtWith.append(text.text) }
      }
      if let fault = seat.fault {
        let place = fault.line.map { "line \($0): " } ?? ""
        refusals.append(PolicyBoard.Refusal(policy: name, message: place + fault.message))
      }
      settle(&seat)
      live.append(
        seat.policy
          ?? CompiledPolicy(
            broken: seat.fault ?? Fault(.syntax, "the policy cannot be used"), file: name,
            source: seat.seen?.source ?? []))
      seats[TenantDesk.stem(name)] = seat
    }
    for text in dealtWith { texts[text.policy] = [text.digest] }
    let draft = draft(live, guards, parameters: tenant.parameters, origins: origins, texts: dealtWith)
    return PolicyBoard.Standing(
      lineup: CompiledLineup(live: live, canary: trials.canary, shadow: trials.shadow, guards: guards.guards),
      refusals: refusals + guards.refusals, taken: taken + guards.taken, draft: draft,
      texts: draft == nil ? dealtWith : [])
  }

  /// What is on record, whatever the files say.
  private func pinned(_ generation: PolicyGeneration, _ guards: GuardShelf.Standing) -> PolicyBoard.Standing {
    let live = generation.lineup.live.map { revision in
      var seat = seats[revision.policy] ?? Seat()
      settle(&seat)
      seats[revision.policy] = seat
      return seat.policy ?? CompiledPolicy.orBroken(revision)
    }
    return PolicyBoard.Standing(
      lineup: CompiledLineup(live: live, canary: trials.canary, shadow: trials.shadow, guards: guards.guards),
      refusals: guards.refusals, taken: guards.taken,
      draft: draft(live, guards, parameters: generation.parameters, origins: [], texts: []))
  }

  private func draft(
    _ live: [CompiledPolicy], _ guards: GuardShelf.Standing, parameters: [Parameter]?, origins: [String],
    texts: [PolicyText]
  ) -> GenerationDraft? {
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
      let change = PolicyChange(
        at: Instant(milliseconds: 0), actor: PolicyChange.program, action: .guards,
        origin: guards.taken.isEmpty ? "the operator's list" : guards.taken.joined(separator: ", "))
      return GenerationDraft(lineup: lineup, parameters: generation?.parameters, change: change, texts: texts)
    }
    let isSameText = lineup.live.elementsEqual(
      revisions, by: { $0.policy == $1.policy && $0.source == $1.source && $0.parameters == $1.parameters })
    lineup.live = revisions
    let change = PolicyChange(
      at: Instant(milliseconds: 0), actor: PolicyChange.program, action: .edit,
      origin:
        isSameText
        ? "another version of the engine"
        : origins.isEmpty ? "the tenant's line" : origins.joined(separator: ", "))
    return GenerationDraft(lineup: lineup, parameters: parameters, change: change, texts: texts)
  }

  /// What became of a file.
  private struct Looked {
    let text: PolicyText
    /// Nil when nothing was taken from it.
    let origin: String?
    let isTaken: Bool
    /// No other text of this policy counts as dealt with any more.
    let isAlone: Bool
  }

  /// Looks at a policy's file and at the tenant's parameters. Nil when they are as they were, or cannot be used.
  private func update(_ seat: inout Seat, name: String, parameters: [Parameter]) -> Looked? {
    let entry: PolicyCatalog.Entry
    do throws(Fault) {
      entry = try catalog.entry(named: name)
    } catch {
      // Should the same file come back, it is looked at again.
      seat.seen = nil
      seat.fault = error
      return nil
    }
    guard entry != seat.seen || parameters != seat.parameters else { return nil }
    seat.seen = entry
    seat.parameters = parameters
    let text = PolicyText(policy: entry.name, digest: Digest.sha256(entry.source))
    let decides = seat.decides.map { Array($0.source.utf8) }
    do throws(Fault) {
      if let decides, decides != entry.source, isHeld(text) {
        let policy = try CompiledPolicy(
          file: entry.name, source: decides, parameters: parameters, limits: limits.sandbox)
        replace(&seat, with: policy)
        return Looked(text: text, origin: nil, isTaken: false, isAlone: texts[text.policy] == nil)
      }
      let policy = try PolicyBoard.accept(entry, parameters: parameters, limits: limits)
      let isNew = replace(&seat, with: policy)
      return Looked(
        text: text, origin: decides == entry.source ? nil : entry.path ?? "shipped", isTaken: isNew, isAlone: true)
    } catch {
      seat.fault = error
      return nil
    }
  }

  /// Whether a file that says something else than what decides is left alone: its text was taken or rolled back before,
  /// or an operator chose what decides before this file was ever looked at.
  private func isHeld(_ text: PolicyText) -> Bool {
    if let known = texts[text.policy] { return known.contains(text.digest) }
    return generation.map { $0.change.action != .edit && $0.change.action != .guards } ?? false
  }

  /// Keeps an interpreter that has the same revision. True when there is another one now.
  @discardableResult
  private func replace(_ seat: inout Seat, with policy: CompiledPolicy) -> Bool {
    seat.fault = nil
    let isNew = seat.decides?.digest != policy.revision.digest
    if isNew || seat.policy == nil { seat.policy = policy }
    seat.onRecord = nil
    return isNew
  }

  /// Compiles what decides by the record, where no file says the same.
  private func settle(_ seat: inout Seat) {
    guard seat.policy == nil, let revision = seat.onRecord else { return }
    seat.policy = compiled(revision)
    seat.onRecord = nil
  }
}
