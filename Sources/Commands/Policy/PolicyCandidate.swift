import Operations
import Policies
import PolicyTesting
import Routing

/// Policies of one tenant as they would decide.
struct MadePolicies {
  let revisions: [PolicyRevision]
  /// The tenant's own parameters, over which they were made.
  let parameters: [Parameter]
}

/// What `usher policy activate` is to make decide.
protocol PolicyCandidate {
  /// Where it comes from, for the record.
  var origin: String { get }
  /// Throws when it cannot be used for these tenants.
  func check(for tenants: [Tenant]) throws
  func made(for standing: PolicyOrders.Standing) throws -> MadePolicies
  /// Its files that no cycle looks at: those outside the rules folder, after `made`.
  func outside(_ catalog: PolicyCatalog) -> [String]
}

/// Files, or policies by name: each must pass its check and its cases, as a daemon would ask.
final class FileCandidate: PolicyCandidate {
  private let source: PolicySource
  /// Tenants mostly have no parameters of their own.
  private var accepted: [(entry: PolicyCatalog.Entry, parameters: [Parameter], revision: PolicyRevision)] = []

  init(_ source: PolicySource) { self.source = source }

  var origin: String { source.title }

  func check(for tenants: [Tenant]) throws { try source.checkOverrides(for: tenants) }

  func made(for standing: PolicyOrders.Standing) throws -> MadePolicies {
    let parameters = try source.parameters(for: standing.tenant)
    let revisions = try source.entries(for: standing.tenant).map { try accept($0, parameters, standing.tenant) }
    return MadePolicies(revisions: revisions, parameters: parameters)
  }

  func outside(_ catalog: PolicyCatalog) -> [String] {
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
      throw Problem(.revisionNotFound, "policy \(entry.name) does not pass for tenant '\(tenant.id)': \(error.text)")
    }
  }
}

/// A revision on record, without its file: it takes the place of the policy of its name.
struct RecordedCandidate: PolicyCandidate {
  private let revision: PolicyRevision
  private let store: any Store

  init(_ revision: PolicyRevision, store: any Store) { (self.revision, self.store) = (revision, store) }

  var origin: String { "revision \(revision.digest)" }

  func outside(_ catalog: PolicyCatalog) -> [String] { [] }

  func check(for tenants: [Tenant]) throws {
    guard !revision.source.isEmpty else {
      throw Problem(
        .revisionNotFound, "revision \(revision.digest) stands for a file that could not be used: it has no text")
    }
    guard PolicyOrders.parameters(making: [revision], among: [revision.parameters]) != nil else {
      throw Problem(
        .revisionNotFound,
        "revision \(revision.digest) is of another version of usher or of Lua: what it consists of makes another "
          + "revision now; `usher policy show` has its text, to be activated as a file")
    }
  }

  func made(for standing: PolicyOrders.Standing) throws -> MadePolicies {
    let live = standing.generation?.lineup.live ?? []
    var revisions = live
    if let place = live.firstIndex(where: { $0.policy == revision.policy }) {
      revisions[place] = revision
    } else if live.count <= 1 {
      revisions = [revision]
    } else {
      throw Problem(
        .noLivePolicy,
        "tenant '\(standing.tenant.id)' has no policy '\(revision.policy)' in its list of \(live.count): "
          + "name all of its list with --policy")
    }
    let before = try store.policyHistory(tenant: standing.tenant.id).last { $0.revision == revision.digest }
      .flatMap { try store.policyGeneration(Int64($0.generation), of: standing.tenant.key) }
    let choices = [
      standing.tenant.parameters, before?.parameters, before?.lineup.canary?.parameters, revision.parameters,
    ]
    .compactMap(\.self)
    guard let parameters = PolicyOrders.parameters(making: revisions, among: choices) else {
      throw Problem(
        .revisionNotFound,
        "the policies of tenant '\(standing.tenant.id)' beside '\(revision.policy)' would get other parameters: "
          + "name all of its list with --policy")
    }
    return MadePolicies(revisions: revisions, parameters: parameters)
  }
}
