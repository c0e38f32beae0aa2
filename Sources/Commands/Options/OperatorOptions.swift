import ArgumentParser
import Operations
import Routing

/// Who runs a command, and why. The only place that determines the actor of every command and import.
struct OperatorOptions: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "The author's name to record with this change; default: the system user, who is always recorded too.",
      valueName: "who"))
  var name: String?
  @Option(help: ArgumentHelp("The reason recorded with this change.", valueName: "text")) var reason: String?

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

  /// The actor and the reason. `now` is the recorded time; the default is the machine's.
  func note(at now: Instant = SystemClock().now()) -> OperatorNote {
    OperatorNote(actor: actor, reason: reason, at: now)
  }

  /// The reason. Throws a validation error without one; `deed` names what requires it.
  func expectedReason(for deed: String) throws -> String {
    if let reason { return reason }
    throw ValidationError("expected --reason <text>: \(deed) requires a reason")
  }
}
