import Policies
import PolicyTesting
import Routing

/// Compiled policies of one tenant, before they are activated.
struct CandidatePolicies {
  let revisions: [PolicyRevision]
  /// The tenant's own parameters, from which the revisions were made.
  let parameters: [Parameter]
}

/// The policies that `ActivatePolicy` activates.
protocol PolicyCandidate {
  /// Where they come from, for the record.
  var origin: String { get }
  /// Throws if they cannot be used for these tenants.
  func check(for tenants: [Tenant]) throws
  func policies(for current: TenantGeneration) throws -> CandidatePolicies
  /// The files that cycles do not read: those outside the rules folder. Complete after `policies(for:)`.
  func filesOutside(_ catalog: PolicyCatalog) -> [String]
}

/// Files, or policies by name: each must pass its check and its cases, as in a cycle.
final class FileCandidate: PolicyCandidate {
  private let argument: PolicyArgument
  /// The accepted policies. Most tenants have no parameters of their own, so most files are checked once.
  private var accepted: [(entry: PolicyCatalog.Entry, parameters: [Parameter], revision: PolicyRevision)] = []

  init(_ argument: PolicyArgument) { self.argument = argument }

  var origin: String { argument.title }

  func check(for tenants: [Tenant]) throws { try argument.checkOverrides(for: tenants) }

  func policies(for current: TenantGeneration) throws -> CandidatePolicies {
    let parameters = try argument.parameters(for: current.tenant)
    let revisions = try argument.entries(for: current.tenant).map { try accept($0, parameters, current.tenant) }
    return CandidatePolicies(revisions: revisions, parameters: parameters)
  }

  func filesOutside(_ catalog: PolicyCatalog) -> [String] {
    var paths: [String] = []
    for entry in accepted.map(\.entry) {
      guard let path = entry.path, !paths.contains(path), !RulesFolder.holds(path, as: entry.name, in: catalog) else {
        continue
      }
      paths.append(path)
    }
    return paths
  }

  private func accept(
    _ entry: PolicyCatalog.Entry, _ parameters: [Parameter], _ tenant: Tenant
  ) throws -> PolicyRevision {
    if let known = accepted.first(where: { $0.entry == entry && $0.parameters == parameters }) { return known.revision }
    do throws(Fault) {
      let revision = try StandardAcceptance().accept(entry, parameters: parameters).revision
      accepted.append((entry, parameters, revision))
      return revision
    } catch {
      throw Problem(.invalidPolicy, "policy \(entry.name) does not pass for tenant '\(tenant.id)': \(error.text)")
    }
  }
}

/// A recorded revision, without its file: it replaces the policy of the same name.
struct RecordedCandidate: PolicyCandidate {
  private let revision: PolicyRevision
  private let store: any Store

  init(_ revision: PolicyRevision, store: any Store) { (self.revision, self.store) = (revision, store) }

  var origin: String { "revision \(revision.digest)" }

  func filesOutside(_ catalog: PolicyCatalog) -> [String] { [] }

  func check(for tenants: [Tenant]) throws {
    guard !revision.source.isEmpty else {
      throw Problem(
        .revisionNotReproducible,
        "revision \(revision.digest) records a file that could not be used: it has no source")
    }
    guard ParameterSearch.parameters(making: [revision], among: [revision.parameters]) != nil else {
      throw Problem(
        .revisionNotReproducible,
        "revision \(revision.digest) cannot be used by this version of usher or Lua, or its record was changed; "
          + "`usher policy show` prints its source, to be corrected and activated as a file")
    }
  }

  func policies(for current: TenantGeneration) throws -> CandidatePolicies {
    let live = current.generation?.lineup.live ?? []
    var revisions = live
    if let place = live.firstIndex(where: { $0.policy == revision.policy }) {
      revisions[place] = revision
    } else if live.count <= 1 {
      revisions = [revision]
    } else {
      throw Problem(
        .policyNotFound,
        "the list of tenant '\(current.tenant.id)', with \(live.count) policies, does not contain '\(revision.policy)': "
          + "give the complete list with --policy")
    }
    let before = try store.policyHistory(tenant: current.tenant.id).last { $0.revision == revision.digest }
      .flatMap { try store.policyGeneration(Int64($0.generation), of: current.tenant.key) }
    let choices = [
      current.tenant.parameters, before?.parameters, before?.lineup.canary?.parameters, revision.parameters,
    ]
    .compactMap(\.self)
    guard let parameters = ParameterSearch.parameters(making: revisions, among: choices) else {
      throw Problem(
        .revisionNotReproducible,
        "the policies of tenant '\(current.tenant.id)' other than '\(revision.policy)' would get other parameters: "
          + "give the complete list with --policy")
    }
    return CandidatePolicies(revisions: revisions, parameters: parameters)
  }
}
