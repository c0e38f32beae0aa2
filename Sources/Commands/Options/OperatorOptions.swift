import ArgumentParser
import Routing

/// Who gives a command, and why: for the record. The one place that says who, for each command and import.
struct OperatorOptions: ParsableArguments {
  /// The longest name, in Unicode scalars: a character may have any number of combining marks.
  static let nameMax = 64
  /// The longest reason, likewise.
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
    if let reason,
      let trouble = OperatorOptions.trouble(with: reason, what: "a reason", most: OperatorOptions.reasonMax)
    {
      throw ValidationError("--reason: \(trouble)")
    }
  }

  var actor: Actor { actor(for: .current) }

  func actor(for user: SystemUser) -> Actor {
    guard let name else { return Actor(user.text) }
    return Actor(OperatorOptions.trimmed(name), systemUser: user.text)
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

  /// What is wrong with a name; nil when nothing is.
  ///
  /// Brackets are for what this program adds, as in `root (sudo by maria)`.
  static func trouble(with name: String) -> String? {
    if let trouble = trouble(with: name, what: "a name", most: nameMax) { return trouble }
    if trimmed(name).lowercased() == "usher" {
      return
        "expected the name of a person or a service, found '\(name)', which stands for changes that the program makes"
    }
    let brackets: [Unicode.GeneralCategory] = [.openPunctuation, .closePunctuation]
    guard name.unicodeScalars.contains(where: { brackets.contains($0.properties.generalCategory) }) else { return nil }
    return "expected a name without brackets, which are for the system user, found '\(name)'"
  }

  private static func trouble(with text: String, what: String, most: Int) -> String? {
    if text.allSatisfy(\.isWhitespace) { return "expected \(what), found none" }
    let count = text.unicodeScalars.count
    if count > most { return "expected \(what) of at most \(most) characters, found \(count)" }
    guard let scalar = text.unicodeScalars.first(where: isUnseen) else { return nil }
    return "expected \(what) in plain characters, found the character U+\(hexadecimal(scalar.value))"
  }

  /// Whether a reader does not see it, or reads the line as another one: controls, fillers, and what changes the direction.
  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    // A braille pattern without dots is a blank that is no white space.
    default: scalar.properties.isDefaultIgnorableCodePoint || scalar.value == 0x2800
    }
  }

  private static func trimmed(_ name: String) -> String {
    let words = name.split(omittingEmptySubsequences: true, whereSeparator: \.isWhitespace)
    return words.joined(separator: " ")
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
