import Routing

/// Where a cycle learns which policies decide for a tenant: a `PolicyBoard`, or policies that are settled beforehand.
package protocol PolicyStandings {
  /// The tenant's policies as of now. `lastGood` gives the revisions that decided before this process began.
  func standing(of tenant: Tenant, lastGood: () throws -> [PolicyRevision]) rethrows -> PolicyBoard.Standing
}
