import Persistence
import Routing

/// Looks for what decided before.
struct GenerationSearch {
  let store: SQLiteStore

  /// Words for a rollback's origin; `before` reads them again.
  static func origin(of current: PolicyGeneration, to target: PolicyGeneration?) -> String {
    "generation \(current.number)" + (target.map { " to \($0.number)" } ?? "")
  }

  /// The last generation before this one in which other policies were live: of a rollback, before the one that it went
  /// back to, so that a second rollback goes further back.
  func before(_ current: PolicyGeneration, of standing: PolicyOrders.Standing) throws -> PolicyGeneration? {
    var number = current.number
    while let generation = try store.policyGeneration(number, of: standing.tenant.key),
      generation.change.action == .rollback, let target = GenerationSearch.target(generation.change), target < number
    {
      number = target
    }
    let live = current.lineup.live.map(\.digest)
    while number > 1 {
      number -= 1
      guard let found = try store.policyGeneration(number, of: standing.tenant.key) else { continue }
      if isUsable(found), found.lineup.live.map(\.digest) != live { return found }
    }
    return nil
  }

  /// The generation that a rollback went back to; where only a canary ended, the one before it.
  private static func target(_ change: PolicyChange) -> Int64? {
    change.origin?.split(separator: " ").last.flatMap { Int64($0) }
  }

  func generation(_ number: Int64, of standing: PolicyOrders.Standing) throws -> PolicyGeneration {
    guard let found = try store.policyGeneration(number, of: standing.tenant.key) else {
      throw Problem(
        "tenant '\(standing.tenant.id)' has no generation \(number), found \(standing.last) of them; "
          + "`usher policy history --tenant \(standing.tenant.id)` lists them")
    }
    guard isUsable(found) else {
      throw Problem("generation \(number) of tenant '\(standing.tenant.id)' had a file that could not be used")
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
