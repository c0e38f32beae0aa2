import Routing

/// One tenant's policies on a `PolicyBoard`: what is on record of them, and what their files say.
final class TenantDesk {
  /// The number of the generation that was looked at last; nil before the first look.
  private(set) var last: Int64?
  private var generation: PolicyGeneration?
  private var liveChange: PolicyChange?
  private var texts: [String: Set<String>] = [:]
  var seats: [String: Seat] = [:]
  private(set) var trials: (canary: CompiledLineup.Trial?, shadow: CompiledLineup.Trial?)
  let catalog: PolicyCatalog
  private let acceptance: any PolicyAcceptance
  private let limits: SandboxLimitsOption

  /// A policy of the tenant's list.
  struct Seat {
    /// What was looked at last, whether it was taken or not, and with which parameters.
    var seen: PolicyCatalog.Entry?
    var parameters: [Parameter]?
    /// What decides, once it is compiled.
    var policy: CompiledPolicy?
    /// What decides by the record, until it is needed: a file that says the same is compiled in its place.
    var onRecord: PolicyRevision?
    /// Why what was looked at last was not taken.
    var fault: Fault?
    /// Why what was looked at last is left alone though nothing is wrong with it.
    var held: String?
    /// There is no file, and none is expected.
    var isWithoutFile = false

    var decides: PolicyRevision? { policy?.revision ?? onRecord }
  }

  init(catalog: PolicyCatalog, acceptance: any PolicyAcceptance, limits: SandboxLimitsOption) {
    (self.catalog, self.acceptance, self.limits) = (catalog, acceptance, limits)
  }

  // MARK: - What is on record

  /// Takes over a generation that this board has not seen: of an earlier process, of an operator, or its own.
  func learn(_ known: KnownPolicies, last: Int64) {
    self.last = last
    let before = generation
    (generation, liveChange) = (known.generation, known.liveChange)
    for name in seats.keys { seats[name]?.isWithoutFile = false }
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
    (seat.seen, seat.fault, seat.held) = (nil, nil, nil)
    seats[revision.policy] = seat
  }

  /// Seats go by the name that revisions carry.
  static func stem(_ name: String) -> String { name.hasSuffix(".lua") ? String(name.dropLast(4)) : name }

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
    if isPinned, let generation, !generation.lineup.live.isEmpty { return pinned(generation, guards, of: tenant) }
    var live: [CompiledPolicy] = []
    var refusals: [PolicyBoard.Refusal] = []
    var held: [PolicyBoard.Held] = []
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
      if let reason = seat.held { held.append(PolicyBoard.Held(policy: name, reason: reason)) }
      settle(&seat)
      live.append(
        seat.policy
          ?? CompiledPolicy(
            broken: seat.fault ?? Fault(.syntax, "the policy cannot be used"), file: name,
            source: seat.seen?.source ?? []))
      seats[TenantDesk.stem(name)] = seat
    }
    for text in dealtWith { texts[text.policy] = [text.digest] }
    let proposal = proposal(live, guards, parameters: tenant.parameters, origins: origins, texts: dealtWith)
    return PolicyBoard.Standing(
      lineup: CompiledLineup(live: live, canary: trials.canary, shadow: trials.shadow, guards: guards.guards),
      refusals: refusals + guards.refusals, held: held + guards.held, taken: taken + guards.taken, proposal: proposal,
      texts: proposal == nil ? dealtWith : [])
  }

  /// The generation that `live` and `guards` call for; nil when the last one on record has the same revisions.
  func proposal(
    _ live: [CompiledPolicy], _ guards: GuardShelf.Standing, parameters: [Parameter]?, origins: [String],
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
        origin: guards.taken.isEmpty ? "the operator's list" : guards.taken.joined(separator: ", "), texts: texts)
    }
    let isSameText = lineup.live.elementsEqual(
      revisions, by: { $0.policy == $1.policy && $0.source == $1.source && $0.parameters == $1.parameters })
    lineup.live = revisions
    return GenerationProposal(
      lineup: lineup, parameters: parameters, action: .edit,
      origin:
        isSameText
        ? "another version of the engine"
        : origins.isEmpty ? "the tenant's line" : origins.joined(separator: ", "), texts: texts)
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
      guard let found = try catalog.find(named: name) else {
        try goOn(&seat, withoutFileOf: name, parameters)
        return nil
      }
      entry = found
    } catch {
      // Should the same file come back, it is looked at again.
      (seat.seen, seat.held) = (nil, nil)
      seat.fault = error
      return nil
    }
    guard entry != seat.seen || parameters != seat.parameters else { return nil }
    (seat.seen, seat.parameters, seat.held, seat.isWithoutFile) = (entry, parameters, nil, false)
    let text = PolicyText(policy: entry.name, digest: Digest.sha256(entry.source))
    let decides = seat.decides.map { Array($0.source.utf8) }
    do throws(Fault) {
      if let decides, decides != entry.source, let reason = reasonToHold(entry, text) {
        replace(&seat, with: try compiled(entry.name, decides, parameters))
        seat.held = reason
        let isNoted = entry.path != nil && texts[text.policy] == nil
        return Looked(text: text, origin: nil, isTaken: false, isAlone: isNoted)
      }
      let policy = try acceptance.accept(entry, parameters: parameters, limits: limits, kind: .policy)
      let isNew = replace(&seat, with: policy)
      return Looked(
        text: text, origin: decides == entry.source ? nil : entry.path ?? "shipped", isTaken: isNew, isAlone: true)
    } catch {
      seat.fault = error
      return nil
    }
  }

  /// What decides goes on where there is no file. Throws when its file was there: somebody took it away.
  private func goOn(_ seat: inout Seat, withoutFileOf name: String, _ parameters: [Parameter]) throws(Fault) {
    if seat.isWithoutFile, parameters == seat.parameters {
      if let fault = seat.fault { throw fault }
      return
    }
    (seat.seen, seat.parameters, seat.held, seat.isWithoutFile) = (nil, parameters, nil, true)
    guard let revision = seat.decides, !revision.source.isEmpty, !wasInFile(revision) else {
      throw catalog.missing(name)
    }
    // An operator activated a file from elsewhere, or a revision: the parameters alone can change.
    replace(&seat, with: try compiled(revision.policy, Array(revision.source.utf8), parameters))
  }

  /// Whether a file held the text of what decides when it was looked at.
  private func wasInFile(_ revision: PolicyRevision) -> Bool {
    texts[revision.policy]?.contains(PolicyText(of: revision).digest) ?? false
  }

  private func compiled(_ name: String, _ source: [UInt8], _ parameters: [Parameter]) throws(Fault) -> CompiledPolicy {
    try CompiledPolicy(file: name, source: source, parameters: parameters, limits: limits.sandbox)
  }

  /// Why a file that says something else than what decides is left alone: its text was taken or rolled back before, an
  /// operator chose what decides before this file was ever looked at, or it is the shipped text.
  private func reasonToHold(_ entry: PolicyCatalog.Entry, _ text: PolicyText) -> String? {
    if entry.path == nil, generation?.lineup.live.contains(where: { $0.policy == entry.name }) == true {
      return PolicyBoard.Held.shipped(entry.name, in: catalog)
    }
    let isKnown = texts[text.policy].map { $0.contains(text.digest) }
    let isChosen = liveChange.map { $0.action != .edit && $0.action != .guards } ?? false
    return isKnown ?? isChosen ? PolicyBoard.Held.untilEdited : nil
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
  func settle(_ seat: inout Seat) {
    guard seat.policy == nil, let revision = seat.onRecord else { return }
    seat.policy = compiled(revision)
    seat.onRecord = nil
  }
}
