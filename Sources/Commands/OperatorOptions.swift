import ArgumentParser
import Persistence
import Routing

/// Who gives a command, and why: for the record. The one place that says who, for each command and import.
struct OperatorOptions: ParsableArguments {
  /// The longest name, in characters.
  static let nameMax = 64
  /// The longest reason.
  static let reasonMax = 1000

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Who gives the command, for the record; without it the user of this process, who is on record either way.",
      valueName: "who"))
  var name: String?
  @Option(help: ArgumentHelp("Why, for the record.", valueName: "text")) var reason: String?

  func validate() throws {
    if let name, let trouble = OperatorOptions.trouble(with: name) { throw ValidationError("--as: \(trouble)") }
    if let reason, let trouble = OperatorOptions.trouble(withReason: reason) {
      throw ValidationError("--reason: \(trouble)")
    }
  }

  var actor: Actor { actor(for: .current) }

  func actor(for user: SystemUser) -> Actor { Actor(name ?? user.text, systemUser: name == nil ? nil : user.text) }

  func note(at now: Instant) -> OperatorNote { OperatorNote(actor: actor, reason: reason, at: now) }

  /// Throws when no reason was given; `deed`: what needs one.
  func expectedReason(for deed: String) throws -> String {
    if let reason { return reason }
    throw ValidationError("Missing expected argument '--reason <text>': \(deed) needs a reason, for the record")
  }

  /// What is wrong with a name; nil when nothing is.
  ///
  /// Parentheses are for what this program adds, as in `root (sudo by maria)`.
  static func trouble(with name: String) -> String? {
    if name.allSatisfy(\.isWhitespace) { return "expected a name, found none" }
    if name.count > nameMax { return "expected a name of at most \(nameMax) characters, found \(name.count)" }
    if let trouble = unseen(in: name) { return "expected a name, \(trouble)" }
    guard name.contains(where: { "()".contains($0) }) else { return nil }
    return "expected a name without parentheses, which are for the system user, found '\(name)'"
  }

  private static func trouble(withReason reason: String) -> String? {
    if reason.allSatisfy(\.isWhitespace) { return "expected a reason, found none" }
    if reason.count > reasonMax {
      return "expected a reason of at most \(reasonMax) characters, found \(reason.count)"
    }
    return unseen(in: reason).map { "expected plain text, \($0)" }
  }

  /// Characters that a reader does not see, or that make a line read as another one: controls, and those of category
  /// Cf, to which the overrides of direction belong.
  private static func unseen(in text: String) -> String? {
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
        return "found the character U+\(hexadecimal(scalar.value))"
      default: continue
      }
    }
    return nil
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
