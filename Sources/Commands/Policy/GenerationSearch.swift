import Operations
import Routing

/// Looks for what decided before.
struct GenerationSearch {
  let store: any Store

  /// Words for a rollback's origin.
  static func origin(of current: PolicyGeneration, to target: PolicyGeneration?) -> String {
    "generation \(current.number)" + (target.map { " to \($0.number)" } ?? "")
  }

  /// The last generation before this one in which other policies were live, and which nobody has gone back from: what a
  /// rollback ended is not what the next one brings back.
  func before(_ current: PolicyGeneration, of standing: PolicyOrders.Standing) throws -> PolicyGeneration? {
    let live = current.lineup.live.map(\.digest)
    var (later, ended) = (live, current.change.action)
    var (laterChange, turnedDown) = (current.change.action, Set<[String]>())
    var number = current.number
    while number > 1 {
      number -= 1
      guard let found = try store.policyGeneration(number, of: standing.tenant.key) else { continue }
      let digests = found.lineup.live.map(\.digest)
      // What ended these policies is the change that began the first generation without them.
      if digests != later { ended = laterChange }
      (later, laterChange) = (digests, found.change.action)
      if digests == live || turnedDown.contains(digests) { continue }
      if ended == .rollback {
        turnedDown.insert(digests)
      } else if isUsable(found) {
        return found
      }
    }
    return nil
  }

  func generation(_ number: Int64, of standing: PolicyOrders.Standing) throws -> PolicyGeneration {
    guard let found = try store.policyGeneration(number, of: standing.tenant.key) else {
      throw Problem(
        .invalidPolicy,
        "tenant '\(standing.tenant.id)' has no generation \(number), found \(standing.last) of them; "
          + "`usher policy history --tenant \(standing.tenant.id)` lists them")
    }
    guard isUsable(found) else {
      throw Problem(
        .tenantNotFound, "generation \(number) of tenant '\(standing.tenant.id)' had a file that could not be used")
    }
    return found
  }

  /// The last generation before the current one in which a revision was live; nil for a tenant that never had it.
  func last(
    with revision: PolicyRevision, before current: PolicyGeneration, of standing: PolicyOrders.Standing
  ) throws -> PolicyGeneration? {
    let history = try store.policyHistory(tenant: standing.tenant.id)
    let line = history.last {
      $0.role == "live" && $0.revision == revision.digest && Int64($0.generation) < current.number
    }
    return try line.flatMap { try store.policyGeneration(Int64($0.generation), of: standing.tenant.key) }
  }

  private func isUsable(_ generation: PolicyGeneration) -> Bool {
    !generation.lineup.live.isEmpty && generation.lineup.live.allSatisfy { !$0.source.isEmpty }
  }
}
