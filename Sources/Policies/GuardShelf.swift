import Routing

/// The operator's guards, compiled, for a `PolicyBoard`: a file is checked and tried on its cases once for all tenants that
/// have it with the same parameters. Each tenant has guards of its own, since one may be suspended for it alone.
final class GuardShelf {
  /// A file as it was looked at, with parameters.
  private struct Model {
    let entry: PolicyCatalog.Entry
    let parameters: [Parameter]
    let policy: CompiledPolicy?
    /// Why it was not taken.
    let fault: Fault?
  }

  struct Standing {
    var guards: [CompiledPolicy] = []
    var refusals: [PolicyBoard.Refusal] = []
    var held: [PolicyBoard.Held] = []
    /// Files of guards whose new revision was taken.
    var taken: [String] = []
  }

  private let catalog: PolicyCatalog
  private let acceptance: any PolicyAcceptance
  private let limits: SandboxLimitsOption
  private var models: [Model] = []
  private var seats: [TenantKey: [String: CompiledPolicy]] = [:]

  /// Files that are remembered: those that changed since are the first ones.
  private static let modelsMax = 256

  init(catalog: PolicyCatalog, acceptance: any PolicyAcceptance, limits: SandboxLimitsOption) {
    (self.catalog, self.acceptance, self.limits) = (catalog, acceptance, limits)
  }

  /// The tenant's guards as of now. `onRecord` are those that were active last: what a file that is refused falls back to,
  /// and with `isPinned` what is taken in place of the file.
  func standing(of tenant: Tenant, onRecord: [PolicyRevision], isPinned: Bool) -> Standing {
    var standing = Standing()
    for setting in tenant.guards {
      let file = PolicyCatalog.guardFolder + setting.name
      let record = onRecord.first { $0.policy == file && !$0.source.isEmpty }
      let before = seats[tenant.key]?[file]
      let found = find(setting, file: file)
      var model = found
      if let record, found.policy == nil || found.policy?.revision.digest != before?.revision.digest,
        let reason = reasonToHold(found, beside: record, isPinned: isPinned)
      {
        model = self.model(of: record, setting.parameters)
        if !found.entry.source.isEmpty { standing.held.append(PolicyBoard.Held(policy: file, reason: reason)) }
      }
      if let fault = model.fault {
        let place = fault.line.map { "line \($0): " } ?? ""
        standing.refusals.append(PolicyBoard.Refusal(policy: file, message: place + fault.message))
      }
      let seat = seat(model, before: before, record, file: file)
      if let before, seat.revision.digest != before.revision.digest { standing.taken.append(file) }
      seats[tenant.key, default: [:]][file] = seat
      standing.guards.append(seat)
    }
    return standing
  }

  /// What a guard's file consists of now; without a text when there is no file.
  private func find(_ setting: GuardSetting, file: String) -> Model {
    do throws(Fault) {
      return model(of: try catalog.guardEntry(named: setting.name), setting.parameters)
    } catch {
      let entry = PolicyCatalog.Entry(name: file, path: nil, source: [], cases: nil)
      return Model(entry: entry, parameters: [], policy: nil, fault: error)
    }
  }

  /// Why a file of a guard that says something else than what is asked is left alone.
  private func reasonToHold(_ found: Model, beside record: PolicyRevision, isPinned: Bool) -> String? {
    if isPinned {
      if found.entry.source.elementsEqual(record.source.utf8) { return nil }
      return "the file holds another text, and the process is pinned: start it without --pinned to take it"
    }
    guard found.entry.path == nil, found.fault == nil, !found.entry.source.elementsEqual(record.source.utf8) else {
      return nil
    }
    let place = catalog.rules.map { "there is no file \(found.entry.name).lua in \($0)" } ?? "there is no rules folder"
    return
      "\(place), and the shipped guard differs from the guard in use; copy it into the folder to take it"
  }

  /// What is asked for the tenant: the guard that it has, another one, or one that makes everybody wait.
  private func seat(
    _ model: Model, before: CompiledPolicy?, _ record: PolicyRevision?, file: String
  ) -> CompiledPolicy {
    if let policy = model.policy {
      return before.flatMap { $0.revision.digest == policy.revision.digest ? $0 : nil } ?? policy.twin()
    }
    if let before, !before.isBroken { return before }
    if let record, let last = self.model(of: record, record.parameters).policy { return last.twin() }
    return CompiledPolicy(
      broken: model.fault ?? Fault(.syntax, "the guard cannot be used"), file: file,
      source: model.entry.source, kind: .guard)
  }

  private func model(of entry: PolicyCatalog.Entry, _ parameters: [Parameter]) -> Model {
    known(entry, parameters) {
      () throws(Fault) in
      try acceptance.accept(entry, parameters: parameters, limits: limits, kind: .guard)
    }
  }

  /// Of what was active before: it was checked then.
  private func model(of revision: PolicyRevision, _ parameters: [Parameter]) -> Model {
    let entry = PolicyCatalog.Entry(
      name: revision.policy, path: nil, source: Array(revision.source.utf8), cases: nil)
    return known(entry, parameters) {
      () throws(Fault) in
      try CompiledPolicy(
        file: entry.name, source: entry.source, parameters: parameters, limits: limits.sandbox, kind: .guard)
    }
  }

  private func known(
    _ entry: PolicyCatalog.Entry, _ parameters: [Parameter], make: () throws(Fault) -> CompiledPolicy
  ) -> Model {
    if let found = models.last(where: { $0.parameters == parameters && $0.entry == entry }) { return found }
    let model: Model
    do throws(Fault) {
      model = Model(entry: entry, parameters: parameters, policy: try make(), fault: nil)
    } catch { model = Model(entry: entry, parameters: parameters, policy: nil, fault: error) }
    if models.count == GuardShelf.modelsMax { models.removeFirst() }
    models.append(model)
    return model
  }
}
