import Routing

/// The operator's guards, compiled, for a `PolicyRegistry`: a file is checked and tried on its cases once for all tenants that
/// have it with the same parameters. Each tenant has guards of its own, since one may be suspended for it alone.
final class GuardRegistry {
  /// A file as it was looked at, with parameters.
  private struct CompiledFile {
    let entry: PolicyCatalog.Entry
    let parameters: [Parameter]
    let policy: CompiledPolicy?
    /// Why it was not taken.
    let fault: Fault?
  }

  struct TenantGuards {
    var guards: [CompiledPolicy] = []
    var refusals: [TenantPolicies.Refusal] = []
    var held: [TenantPolicies.Held] = []
    /// Files of guards whose new revision was taken.
    var accepted: [String] = []
  }

  private let catalog: PolicyCatalog
  private let acceptance: any PolicyAcceptance
  private let limits: SandboxLimitsOption
  private var files: [CompiledFile] = []
  private var slots: [TenantKey: [String: CompiledPolicy]] = [:]

  /// Files that are remembered: those that changed since are the first ones.
  private static let filesMax = 256

  init(catalog: PolicyCatalog, acceptance: any PolicyAcceptance, limits: SandboxLimitsOption) {
    (self.catalog, self.acceptance, self.limits) = (catalog, acceptance, limits)
  }

  /// The tenant's guards as of now. `onRecord` are those that were active last: what a file that is refused falls back to,
  /// and with `isPinned` what is taken in place of the file.
  func refresh(_ tenant: Tenant, onRecord: [PolicyRevision], isPinned: Bool) -> TenantGuards {
    var result = TenantGuards()
    for setting in tenant.guards {
      let file = PolicyCatalog.guardFolder + setting.name
      let record = onRecord.first { $0.policy == file && !$0.source.isEmpty }
      let before = slots[tenant.key]?[file]
      let found = find(setting, file: file)
      var compiled = found
      if let record, found.policy == nil || found.policy?.revision.digest != before?.revision.digest,
        let reason = reasonToHold(found, beside: record, isPinned: isPinned)
      {
        compiled = compile(record, setting.parameters)
        if !found.entry.source.isEmpty { result.held.append(TenantPolicies.Held(policy: file, reason: reason)) }
      }
      if let fault = compiled.fault {
        let place = fault.line.map { "line \($0): " } ?? ""
        result.refusals.append(TenantPolicies.Refusal(policy: file, message: place + fault.message))
      }
      let current = guardInUse(compiled, before: before, record, file: file)
      if let before, current.revision.digest != before.revision.digest { result.accepted.append(file) }
      slots[tenant.key, default: [:]][file] = current
      result.guards.append(current)
    }
    return result
  }

  /// What a guard's file consists of now; without a text when there is no file.
  private func find(_ setting: GuardSetting, file: String) -> CompiledFile {
    do throws(Fault) {
      return compile(try catalog.guardEntry(named: setting.name), setting.parameters)
    } catch {
      let entry = PolicyCatalog.Entry(name: file, path: nil, source: [], cases: nil)
      return CompiledFile(entry: entry, parameters: [], policy: nil, fault: error)
    }
  }

  /// Why a file of a guard that says something else than what is asked is left alone.
  private func reasonToHold(_ found: CompiledFile, beside record: PolicyRevision, isPinned: Bool) -> String? {
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
  private func guardInUse(
    _ compiled: CompiledFile, before: CompiledPolicy?, _ record: PolicyRevision?, file: String
  ) -> CompiledPolicy {
    if let policy = compiled.policy {
      return before.flatMap { $0.revision.digest == policy.revision.digest ? $0 : nil } ?? policy.copy()
    }
    if let before, !before.isBroken { return before }
    if let record, let last = compile(record, record.parameters).policy { return last.copy() }
    return CompiledPolicy(
      broken: compiled.fault ?? Fault(.syntax, "the guard cannot be used"), file: file,
      source: compiled.entry.source, kind: .guard)
  }

  private func compile(_ entry: PolicyCatalog.Entry, _ parameters: [Parameter]) -> CompiledFile {
    known(entry, parameters) {
      () throws(Fault) in
      try acceptance.accept(entry, parameters: parameters, limits: limits, kind: .guard)
    }
  }

  /// Of what was active before: it was checked then.
  private func compile(_ revision: PolicyRevision, _ parameters: [Parameter]) -> CompiledFile {
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
  ) -> CompiledFile {
    if let found = files.last(where: { $0.parameters == parameters && $0.entry == entry }) { return found }
    let compiled: CompiledFile
    do throws(Fault) {
      compiled = CompiledFile(entry: entry, parameters: parameters, policy: try make(), fault: nil)
    } catch { compiled = CompiledFile(entry: entry, parameters: parameters, policy: nil, fault: error) }
    if files.count == GuardRegistry.filesMax { files.removeFirst() }
    files.append(compiled)
    return compiled
  }
}
