import Policies
import Routing

/// Describes a policy change in words.
extension LineupChange {
  var text: Cycle.Event.Text {
    let fields =
      [("tenant", tenant.text), ("generation", "\(generation)"), ("by", change.actor)]
      + [("reason", change.reason), ("from", change.origin)].compactMap { name, value in value.map { (name, $0) } }
      + differences.flatMap(\.fields)
    let details = differences.map(\.sentence).joined(separator: "; ")
    let origin = change.origin.map { ", from \($0)" } ?? ""
    let reason = change.reason.map { ": \($0)" } ?? ""
    return Cycle.Event.Text(
      .notice, message, fields,
      sentence: message + (details.isEmpty ? "" : ": \(details)")
        + " (generation \(generation), by \(change.actor)\(origin)\(reason))")
  }

  /// The same text for each kind of change.
  private var message: String {
    let isWithoutCanary = after.canary == nil
    switch change.action {
    case .edit:
      if after.live.contains(where: { !$0.isUsable && before?.live.contains($0) != true }) { return "policy unusable" }
      return before == nil ? "first policies active" : "policy accepted"
    case .activate: return "policies activated"
    case .plan: return "plan activated"
    case .canary: return "canary started"
    case .promote: return isWithoutCanary ? "canary promoted" : "canary share changed"
    case .shadow: return "shadow started"
    case .stop: return before?.shadow != nil && after.shadow == nil ? "shadow stopped" : "canary stopped"
    case .rollback: return before?.live == after.live ? "canary rolled back" : "policies rolled back"
    case .guards: return "guards changed"
    }
  }

  /// The differences from the previous generation, by role.
  private struct Difference {
    let fields: [(String, String)]
    let sentence: String
  }

  private var differences: [Difference] {
    let before = before ?? Lineup(live: [])
    return [
      live(before: before), trial("canary", before.canary, after.canary), trial("shadow", before.shadow, after.shadow),
      guards(before: before),
    ].compactMap(\.self)
  }

  /// The new live policies; if a canary ended, all live policies, which decide for everyone again.
  private func live(before: Lineup) -> Difference? {
    let new = after.live.filter { !before.live.contains($0) }
    let hasCanaryEnded = before.canary != nil && after.canary == nil
    guard after.live != before.live || hasCanaryEnded else { return nil }
    // A list that was only reordered or shortened.
    let shown = new.isEmpty ? after.live : new
    return Difference(
      fields: [("policy", LineupChange.names(shown)), ("revision", LineupChange.revisions(shown))],
      sentence: LineupChange.sentence(shown))
  }

  private func trial(_ role: String, _ before: Trial?, _ after: Trial?) -> Difference? {
    guard before != after else { return nil }
    guard let after else {
      let ended = LineupChange.revisions(before?.policies ?? [])
      return Difference(fields: [("\(role)_ended", ended)], sentence: "its \(role) ended")
    }
    let share = Percent.text(after.share)
    return Difference(
      fields: [
        (role, LineupChange.names(after.policies)), ("\(role)_revision", LineupChange.revisions(after.policies)),
        ("\(role)_share", share),
      ], sentence: "a \(role) for \(share) with \(LineupChange.sentence(after.policies))")
  }

  private func guards(before: Lineup) -> Difference? {
    let new = after.guards.filter { !before.guards.contains($0) }
    let gone = before.guards.filter { old in !after.guards.contains { $0.name == old.name } }
    guard after.guards != before.guards else { return nil }
    let asked = after.guards.isEmpty ? "none" : LineupChange.names(after.guards)
    // In a tenant's first generation all guards are new, so none is named as such.
    let named = self.before == nil ? [] : new
    let newFields =
      named.isEmpty ? [] : [("guard", LineupChange.names(named)), ("guard_revision", LineupChange.revisions(named))]
    let goneFields = gone.isEmpty ? [] : [("guard_removed", LineupChange.names(gone))]
    return Difference(
      fields: [("guards", asked)] + newFields + goneFields,
      sentence: "guards \(asked)" + (named.isEmpty ? "" : ", new \(LineupChange.sentence(named))")
        + (gone.isEmpty ? "" : ", removed \(LineupChange.names(gone))"))
  }

  private static func names(_ policies: [Policy]) -> String {
    policies.map { name($0.name) }.joined(separator: ", ")
  }

  private static func revisions(_ policies: [Policy]) -> String {
    policies.map(\.revision).joined(separator: ", ")
  }

  private static func sentence(_ policies: [Policy]) -> String {
    policies.map { "'\(name($0.name))' \(ShortDigests.text($0.revision))" }.joined(separator: ", ")
  }

  /// Removes the folder of a guard's file.
  private static func name(_ file: String) -> String {
    file.hasPrefix(PolicyCatalog.guardFolder) ? String(file.dropFirst(PolicyCatalog.guardFolder.count)) : file
  }
}
