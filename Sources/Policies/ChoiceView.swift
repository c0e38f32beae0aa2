import LuaSandbox
import Routing

/// The policies' choice for the current contact, as guards read it.
final class ChoiceView {
  let table = RowTable(schema: PolicyVocabulary.choice, count: 1)

  func show(_ outcome: Outcome, device: Int, reason: String, policy: String) {
    table.removeAllText()
    table.set(0, Column.outcome, outcome.rawValue)
    table.set(0, Column.device, member: device)
    table.set(0, Column.reason, reason)
    table.set(0, Column.policy, policy)
  }

  private enum Column {
    private static func place(_ name: String) -> Int { PolicyVocabulary.choice.index(of: name) }
    static let outcome = place("outcome")
    static let device = place("device")
    static let reason = place("reason")
    static let policy = place("policy")
  }
}
