import Policies
import Routing

/// Finds earlier generations. Costs a look-up for each generation that it passes.
struct GenerationSearch {
  let store: any Store

  /// The target of a rollback, for the record: `generation 7 to 5`.
  static func origin(of current: PolicyGeneration, to target: PolicyGeneration?) -> String {
    "generation \(current.number)" + (target.map { " to \($0.number)" } ?? "")
  }

  /// The last earlier generation with other live policies, without those that a rollback ended: the next rollback does not
  /// restore them.
  func before(_ generation: PolicyGeneration, of current: TenantGeneration) throws -> PolicyGeneration? {
    let live = generation.lineup.live
    var (later, ended) = (live, generation.change.action)
    var laterChange = generation.change.action
    var rolledBack: [[PolicyRevision]] = []
    var number = generation.number
    while number > 1 {
      number -= 1
      guard let found = try store.policyGeneration(number, of: current.tenant.key) else { continue }
      let revisions = found.lineup.live
      // What ended these policies is the change that began the first generation without them.
      if !revisions.isSame(as: later) { ended = laterChange }
      (later, laterChange) = (revisions, found.change.action)
      if revisions.isSame(as: live) || rolledBack.contains(where: { $0.isSame(as: revisions) }) { continue }
      if ended == .rollback {
        rolledBack.append(revisions)
      } else if isUsable(found) {
        return found
      }
    }
    return nil
  }

  /// A generation by its number. Throws `generationNotFound`, and `revisionNotReproducible` for one with a file that could not
  /// be used.
  func generation(_ number: Int64, of current: TenantGeneration) throws -> PolicyGeneration {
    guard let found = try store.policyGeneration(number, of: current.tenant.key) else {
      throw Problem(
        .generationNotFound,
        "tenant '\(current.tenant.id)' has no generation \(number), only \(current.last) of them; "
          + "`usher policy history --tenant \(current.tenant.id)` lists them")
    }
    guard isUsable(found) else {
      throw Problem(
        .revisionNotReproducible,
        "generation \(number) of tenant '\(current.tenant.id)' contains a file that could not be used")
    }
    return found
  }

  /// The last generation before the current one in which a revision was live; nil if it was never live for the tenant.
  func last(
    with revision: PolicyRevision, before generation: PolicyGeneration, of current: TenantGeneration
  ) throws -> PolicyGeneration? {
    let history = try store.policyHistory(tenant: current.tenant.id)
    let line = history.last {
      $0.role == "live" && $0.revision == revision.digest && Int64($0.generation) < generation.number
    }
    return try line.flatMap { try store.policyGeneration(Int64($0.generation), of: current.tenant.key) }
  }

  private func isUsable(_ generation: PolicyGeneration) -> Bool {
    !generation.lineup.live.isEmpty && generation.lineup.live.allSatisfy { !$0.source.isEmpty }
  }
}
