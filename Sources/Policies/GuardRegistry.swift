import Routing

/// The operator's guards, compiled, for a `PolicyRegistry`. A file is checked and tested with its cases once for all tenants
/// with the same parameters. Each tenant has its own copies, because a guard may be suspended for one tenant only.
final class GuardRegistry {
  /// The result of reading a file, with given parameters.
  private struct CompiledFile {
    let entry: PolicyCatalog.Entry
    let parameters: [Parameter]
    /// The recorded digest to compile it under; nil for the digest that this version computes.
    let digest: String?
    let policy: CompiledPolicy?
    /// Why the file was refused.
    let fault: Fault?
  }

  struct TenantGuards {
    var guards: [CompiledPolicy] = []
    var refusals: [TenantPolicies.Refusal] = []
    var held: [TenantPolicies.Held] = []
    /// Files of guards with a new accepted revision.
    var accepted: [String] = []
  }

  private let catalog: PolicyCatalog
  private let acceptance: any PolicyAcceptance
  private let limits: SandboxLimitsOption
  private var files: [CompiledFile] = []
  private var slots: [TenantKey: [String: CompiledPolicy]] = [:]

  /// The maximum number of results kept; the oldest are dropped first.
  private static let filesMax = 256

  init(catalog: PolicyCatalog, acceptance: any PolicyAcceptance, limits: SandboxLimitsOption) {
    (self.catalog, self.acceptance, self.limits) = (catalog, acceptance, limits)
  }

  /// The tenant's current guards. `onRecord` are the guards last in use: they replace a refused file, and with `isPinned`
  /// every file.
  func refresh(_ tenant: Tenant, onRecord: [PolicyRevision], isPinned: Bool) -> TenantGuards {
    var result = TenantGuards()
    for setting in tenant.guards {
      let file = PolicyCatalog.guardFolder + setting.name
      let last = onRecord.first { $0.policy == file }
      let record = last?.source.isEmpty == false ? last : nil
      let before = slots[tenant.key]?[file]
      let found = find(setting, file: file)
      var compiled = found
      if let record, found.policy == nil || !isSame(found.policy, before),
        let why = reasonToHold(found, beside: record, isPinned: isPinned)
      {
        compiled = compile(record, setting.parameters)
        if !found.entry.source.isEmpty { result.held.append(TenantPolicies.Held(policy: file, why)) }
      }
      if let fault = compiled.fault, let record, isLive(found, record, setting.parameters) {
        result.held.append(TenantPolicies.Held(policy: file, TenantPolicies.Held.noLongerPasses(fault)))
      } else if let fault = compiled.fault {
        let place = fault.line.map { "line \($0): " } ?? ""
        result.refusals.append(TenantPolicies.Refusal(policy: file, message: place + fault.message, code: fault.code))
      }
      let current = guardInUse(compiled, before: before, record, unusable: record == nil ? last : nil, file: file)
      if let before, !current.revision.isSame(as: before.revision) { result.accepted.append(file) }
      slots[tenant.key, default: [:]][file] = current
      result.guards.append(current)
    }
    return result
  }

  /// The current contents of a guard's file; without a source if the file does not exist.
  private func find(_ setting: GuardSetting, file: String) -> CompiledFile {
    do throws(Fault) {
      return compile(try catalog.guardEntry(named: setting.name), setting.parameters)
    } catch {
      let entry = PolicyCatalog.Entry(name: file, path: nil, source: [], cases: nil)
      return CompiledFile(entry: entry, parameters: [], digest: nil, policy: nil, fault: error)
    }
  }

  /// Whether a file that is not accepted has the source of the recorded guard, which was accepted before.
  private func isLive(_ found: CompiledFile, _ record: PolicyRevision, _ parameters: [Parameter]) -> Bool {
    guard found.entry.source.elementsEqual(record.source.utf8) else { return false }
    return compile(record, parameters).policy?.revision.isSame(as: record) ?? false
  }

  private func isSame(_ one: CompiledPolicy?, _ other: CompiledPolicy?) -> Bool {
    guard let one, let other else { return one == nil && other == nil }
    return one.revision.isSame(as: other.revision)
  }

  /// Why a guard's file is held although it differs from the guard in use; nil if it is not held.
  private func reasonToHold(_ found: CompiledFile, beside record: PolicyRevision, isPinned: Bool) -> TenantPolicies.Held
    .Why?
  {
    if isPinned {
      if found.entry.source.elementsEqual(record.source.utf8) { return nil }
      return ("the file has changed, and the process is pinned: start it without --pinned to use the file", .heldPinned)
    }
    guard found.entry.path == nil, found.fault == nil, !found.entry.source.elementsEqual(record.source.utf8) else {
      return nil
    }
    let place = catalog.rules.map { "no file \(found.entry.name).lua in \($0)" } ?? "no rules folder"
    return (
      "\(place), and the shipped guard differs from the live one: copy it into the folder to use it", .heldShipped
    )
  }

  /// The guard to use for the tenant: its current one, a new one, or one that makes every contact wait.
  private func guardInUse(
    _ compiled: CompiledFile, before: CompiledPolicy?, _ record: PolicyRevision?, unusable: PolicyRevision?,
    file: String
  ) -> CompiledPolicy {
    if let policy = compiled.policy {
      guard let record, record.isSame(as: policy.revision) else {
        return isSame(policy, before) ? before ?? policy.copy() : policy.copy()
      }
      // It keeps its recorded digest, which may differ from the computed one.
      if let before, before.revision.digest == record.digest { return before }
      if policy.revision.digest == record.digest { return policy.copy() }
      return compile(onRecord: record).policy?.copy() ?? policy.copy()
    }
    if let before, !before.isBroken { return before }
    if let record, let last = compile(onRecord: record).policy { return last.copy() }
    return CompiledPolicy(
      broken: compiled.fault ?? Fault(.syntax, "the guard cannot be used", code: .policyUnusable), file: file,
      source: compiled.entry.source, kind: .guard, recorded: unusable)
  }

  private func compile(_ entry: PolicyCatalog.Entry, _ parameters: [Parameter]) -> CompiledFile {
    known(entry, parameters) {
      () throws(Fault) in
      try acceptance.accept(entry, parameters: parameters, limits: limits, kind: .guard)
    }
  }

  /// For a revision that was in use before, and was checked at that time.
  private func compile(_ revision: PolicyRevision, _ parameters: [Parameter]) -> CompiledFile {
    let entry = PolicyCatalog.Entry(
      name: revision.policy, path: nil, source: Array(revision.source.utf8), cases: nil)
    return known(entry, parameters) {
      () throws(Fault) in
      try CompiledPolicy(
        file: entry.name, source: entry.source, parameters: parameters, limits: limits.sandbox, kind: .guard)
    }
  }

  /// A recorded revision, under its recorded digest.
  private func compile(onRecord revision: PolicyRevision) -> CompiledFile {
    let entry = PolicyCatalog.Entry(
      name: revision.policy, path: nil, source: Array(revision.source.utf8), cases: nil)
    return known(entry, revision.parameters, digest: revision.digest) {
      () throws(Fault) in try CompiledPolicy(revision, limits: limits.sandbox, kind: .guard)
    }
  }

  private func known(
    _ entry: PolicyCatalog.Entry, _ parameters: [Parameter], digest: String? = nil,
    make: () throws(Fault) -> CompiledPolicy
  ) -> CompiledFile {
    let known = files.last { $0.parameters == parameters && $0.digest == digest && $0.entry == entry }
    if let known { return known }
    let compiled: CompiledFile
    do throws(Fault) {
      compiled = CompiledFile(entry: entry, parameters: parameters, digest: digest, policy: try make(), fault: nil)
    } catch { compiled = CompiledFile(entry: entry, parameters: parameters, digest: digest, policy: nil, fault: error) }
    if files.count == GuardRegistry.filesMax { files.removeFirst() }
    files.append(compiled)
    return compiled
  }
}
