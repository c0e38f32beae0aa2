import Policies
import Routing

extension Cycle.Event {
  /// An event as text, the same everywhere: a log uses message and fields, people read the sentence.
  package struct Text: Equatable, Sendable {
    /// The severity: `error` if contacts wait or a canary ended, `warning` if only a shadow is affected.
    package enum Level: Equatable, Sendable { case info, notice, warning, error }

    /// A field of a log entry.
    package struct Field: Equatable, Sendable {
      /// The key in the log, in lower case: `tenant`.
      package let name: String
      /// The value, not escaped.
      package let value: String

      init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
    }

    /// The same for all events of a kind, except that a refusal's level depends on `hasLastGood`.
    package let level: Level
    /// The same for all events of a kind, so that alerts can match it.
    package let message: String
    /// In log order, the tenant first.
    package let fields: [Field]
    /// Without the tenant in front.
    package let sentence: String

    init(_ level: Level, _ message: String, _ fields: [(String, String)], sentence: String) {
      (self.level, self.message, self.sentence) = (level, message, sentence)
      self.fields = fields.map { Field($0.0, $0.1) }
    }
  }

  /// Built on each call.
  package var text: Text {
    let of = ("tenant", tenant.text)
    switch self {
    case .lineupChanged(let change):
      return change.text
    case .policyRefused(_, let policy, let message, let hasLastGood):
      return Text(
        .error,
        hasLastGood
          ? "policy refused; the last good revision goes on"
          : "policy refused; the tenant's contacts wait until the file is fixed",
        [of, ("policy", policy), ("error", message)],
        sentence: "policy '\(policy)' refused: \(message); "
          + (hasLastGood ? "the last good revision goes on" : "the contacts wait until the file is fixed"))
    case .refusalEnded(_, let policy):
      return Text(
        .notice, "policy no longer refused", [of, ("policy", policy)],
        sentence: "policy '\(policy)' is no longer refused")
    case .fileHeld(_, let policy, let reason):
      return Text(
        .notice, "policy file held", [of, ("policy", policy), ("because", reason)],
        sentence: "the file of policy '\(policy)' is held: \(reason)")
    case .policySuspended(_, let streak):
      return Text(
        .error, "policy suspended; the tenant's contacts wait until it decides again",
        [
          of, ("policy", streak.policy), ("revision", streak.revision), ("faults", "\(streak.faults)"),
          ("answers", "\(streak.answers.count)"), ("error", streak.lastFault),
          ("contacts", streak.samples.joined(separator: ", ")),
        ],
        sentence: "policy '\(streak.policy)' suspended: \(streak.explanation); the contacts wait until the file or the "
          + "tenant's parameters change, or an hourly probe succeeds")
    case .suspensionEnded(_, let streak):
      return Text(
        .notice, "policy no longer suspended", [of, ("policy", streak.policy), ("revision", streak.revision)],
        sentence: "policy '\(streak.policy)' is no longer suspended")
    case .canaryRolledBack(_, let generation, let evidence):
      return Text(
        .error, "canary rolled back; the live policies decide for everyone",
        [of, ("generation", "\(generation)"), ("by", PolicyChange.program), ("because", evidence.sentence)],
        sentence: "the canary was rolled back, generation \(generation): \(evidence.sentence); "
          + "the live policies decide for everyone")
    case .shadowRests(_, let explanation):
      return Text(
        .warning, "shadow suspended after repeated faults", [of, ("error", explanation)],
        sentence: "the shadow was suspended: \(explanation)")
    case .tenantGivenUp:
      return Text(
        .info, "policies changed during the cycle; the next cycle decides", [of],
        sentence: "its policies were changed during the cycle; the next cycle decides")
    case .woken(_, let wake):
      return Text(
        .notice, "waiting contacts are decided again after a change",
        [
          of, ("decided", "\(wake.decided)"), ("of", "\(wake.total)"), ("generation", "\(wake.generation)"),
          ("state", wake.endedAt == nil ? "goes on" : "complete"),
        ],
        sentence: "\(wake.text) after a change"
          + (wake.endedAt == nil ? "; the others follow" : ""))
    case .many(let events):
      return Self.text(ofMany: events)
    }
  }

  /// For people: `acme: policy 'x' is no longer refused`.
  package var sentence: String { "\(Self.names([tenant], of: tenantCount)): \(text.sentence)" }

  private var tenantCount: Int {
    if case .many(let events) = self { Set(events.map(\.tenant.text)).count } else { 1 }
  }

  /// The common fields of many events of one kind, and their number. The counts of wakes are added up.
  private static func text(ofMany events: [Cycle.Event]) -> Text {
    let texts = events.map(\.text)
    let others = texts.dropFirst().map { Set($0.fields.map { "\($0.name)\0\($0.value)" }) }
    let shared = texts[0].fields.filter { field in
      others.allSatisfy { $0.contains("\(field.name)\0\(field.value)") }
    }
    var tenants: [TenantID] = []
    for event in events where !tenants.contains(event.tenant) && tenants.count < 3 { tenants.append(event.tenant) }
    let count = Set(events.map(\.tenant.text)).count
    let names = names(tenants, of: count)
    let counts = counts(ofWakes: events)
    let fields =
      counts + shared.filter { field in field.name != "tenant" && !counts.contains { $0.name == field.name } }
    let details = fields.map { ", \($0.name) \($0.value)" }.joined()
    return Text(
      texts[0].level, texts[0].message,
      [("tenant", names), ("events", "\(events.count)")] + fields.map { ($0.name, $0.value) },
      sentence: "\(texts[0].message)\(details); \(events.count) in all, see `usher policy list` and `history`")
  }

  /// The sums over many wakes; empty for other events.
  private static func counts(ofWakes events: [Cycle.Event]) -> [Text.Field] {
    let wakes = events.compactMap { if case .woken(_, let wake) = $0 { wake } else { nil } }
    guard !wakes.isEmpty else { return [] }
    let (decided, total) = (wakes.reduce(0) { $0 + $1.decided }, wakes.reduce(0) { $0 + $1.total })
    return [.init("decided", "\(decided)"), .init("of", "\(total)")]
  }

  /// Formats names, such as `a, b, c and 997 others`.
  private static func names(_ tenants: [TenantID], of count: Int) -> String {
    let names = tenants.map(\.text).joined(separator: ", ")
    let rest = count - tenants.count
    return rest > 0 ? "\(names) and \(rest) other\(rest == 1 ? "" : "s")" : names
  }
}
