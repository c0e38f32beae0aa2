import Policies
import Routing

extension Plan {
  /// The changes between the plan's basis and the current state, one sentence each; empty if the plan is not stale.
  ///
  /// `dataMayDiffer` ignores new decisions, enrolments and sent messages, and nothing else.
  package func differences(from now: PlanBasis, dataMayDiffer: Bool) -> [String] {
    if let other = otherStore(now) { return [other] }
    var found: [String] = []
    for then in basis.tenants {
      guard let now = now.tenants.first(where: { $0.tenant.id == then.tenant.id }) else {
        found.append("tenant '\(then.tenant.id)' no longer exists")
        continue
      }
      found += Plan.differences(then, now)
    }
    for tenant in now.tenants where !basis.tenants.contains(where: { $0.tenant.id == tenant.tenant.id }) {
      found.append("tenant '\(tenant.tenant.id)' is new")
    }
    if !dataMayDiffer { found += dataDifferences(now) }
    return found
  }

  /// Replaces the texts of sequences with digests, the form in which a plan keeps them.
  package static func digested(_ basis: PlanBasis) -> PlanBasis {
    var basis = basis
    for tenant in basis.tenants.indices {
      for sequence in basis.tenants[tenant].sequences.indices {
        let text = basis.tenants[tenant].sequences[sequence].text
        basis.tenants[tenant].sequences[sequence].text = Digest.sha256(Array(text.utf8))
      }
    }
    return basis
  }

  private func otherStore(_ now: PlanBasis) -> String? {
    let isSame = basis.mark == nil || basis.mark == now.mark
    let hasGrown = zip(basis.counts, now.counts).allSatisfy { $0.rows == $1.rows && $0.last <= $1.last }
    let created = basis.tenants.allSatisfy { then in
      now.tenants.first { $0.tenant.id == then.tenant.id }.map { $0.createdAt == then.createdAt } ?? true
    }
    if isSame, hasGrown, created { return nil }
    return "this is not the store that the plan was made on, or it was restored from a backup made before the plan"
  }

  private func dataDifferences(_ now: PlanBasis) -> [String] {
    let grown = zip(basis.counts, now.counts).filter { $0.last < $1.last }
    if grown.isEmpty { return [] }
    let news = grown.map { "\($1.last - $0.last) new \($0.rows)" }.joined(separator: ", ")
    return ["the data has changed: \(news); --data-may-differ ignores this"]
  }

  private static func differences(
    _ then: PlanBasis.TenantBasis, _ now: PlanBasis.TenantBasis
  ) -> [String] {
    let tenant = then.tenant.id
    var found: [String] = []
    if then.tenant.policies != now.tenant.policies {
      found.append(
        "\(tenant) lists the policies \(list(now.tenant.policies)); in the dry run it listed \(list(then.tenant.policies))"
      )
    }
    if then.tenant.parameters != now.tenant.parameters { found.append("\(tenant) has different parameters") }
    if then.tenant.bulkShare != now.tenant.bulkShare {
      found.append(
        "\(tenant) has a bulk share of \(now.tenant.bulkShare) %; in the dry run it had \(then.tenant.bulkShare) %")
    }
    if then.generation != now.generation || then.revisions != now.revisions {
      found.append(
        "\(tenant) runs generation \(now.generation) (\(short(now.revisions))); in the dry run it ran "
          + "\(then.generation) (\(short(then.revisions)))")
    }
    found += differences(then.devices, now.devices, noun: "device", of: tenant, shows: true)
    found += differences(then.sequences, now.sequences, noun: "sequence", of: tenant, shows: false)
    return found
  }

  /// Lists the first few changes and counts the rest: a whole fleet may have changed.
  private static func differences(
    _ then: [PlanBasis.Named], _ now: [PlanBasis.Named], noun: String, of tenant: TenantID, shows: Bool
  ) -> [String] {
    let before = Dictionary(then.map { ($0.id, $0.text) }, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(now.map { ($0.id, $0.text) }, uniquingKeysWith: { first, _ in first })
    var found: [String] = []
    for entry in then where after[entry.id] == nil { found.append("\(noun) \(entry.id) of \(tenant) no longer exists") }
    for entry in now {
      guard let text = before[entry.id] else {
        found.append("\(noun) \(entry.id) of \(tenant) is new")
        continue
      }
      guard text != entry.text, !isSame(text, as: entry.text) else { continue }
      let detail =
        shows ? ": " + change(from: text, to: entry.text) : " has different steps or texts, or a different status"
      found.append("\(noun) \(entry.id) of \(tenant)\(detail)")
    }
    let most = 5
    guard found.count > most else { return found }
    return found.prefix(most) + ["\(found.count - most) more \(noun)s of \(tenant) changed"]
  }

  /// Versions up to schema 9 did not know when a device was activated: their plans do not depend on it.
  private static func isSame(_ then: String, as now: String) -> Bool {
    let word = "activated "
    let parts = { (text: String) in text.split(separator: "; ") }
    return !parts(then).contains { $0.hasPrefix(word) } && parts(then) == parts(now).filter { !$0.hasPrefix(word) }
  }

  /// The parts of a description that differ.
  private static func change(from then: String, to now: String) -> String {
    let (before, after) = (then.split(separator: "; "), now.split(separator: "; "))
    let gone = before.filter { !after.contains($0) }.joined(separator: ", ")
    let new = after.filter { !before.contains($0) }.joined(separator: ", ")
    if new.isEmpty { return "no longer \(gone)" }
    return gone.isEmpty ? "\(new); not so in the dry run" : "\(new); in the dry run \(gone)"
  }

  private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }

  private static func short(_ revisions: [String]) -> String {
    revisions.isEmpty ? "nothing yet" : revisions.map { ShortDigests.text($0) }.joined(separator: ", ")
  }
}
