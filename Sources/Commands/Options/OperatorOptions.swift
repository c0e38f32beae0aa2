import ArgumentParser
import Operations
import Routing

/// Who gives a command, and why: for the record. The one place that says who, for each command and import.
struct OperatorOptions: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Who gives the command, for the record; without it the user of this process, who is on record either way.",
      valueName: "who"))
  var name: String?
  @Option(help: ArgumentHelp("Why, for the record.", valueName: "text")) var reason: String?

  func validate() throws {
    if let name, let trouble = OperatorName.trouble(with: name) { throw ValidationError("--as: \(trouble)") }
    if let reason, let trouble = OperatorName.trouble(withReason: reason) {
      throw ValidationError("--reason: \(trouble)")
    }
  }

  var actor: Actor { actor(for: .current) }

  func actor(for user: SystemUser) -> Actor {
    guard let name else { return Actor(user.text) }
    return Actor(OperatorName.trimmed(name), systemUser: user.text)
  }

  /// Who gives the command and why; `now` is its time on record, without it the machine's.
  func note(at now: Instant = SystemClock().now()) -> OperatorNote {
    OperatorNote(actor: actor, reason: reason, at: now)
  }

  /// Throws when no reason was given; `deed`: what needs one.
  func expectedReason(for deed: String) throws -> String {
    if let reason { return reason }
    throw ValidationError("Missing expected argument '--reason <text>': \(deed) needs a reason, for the record")
  }
}
