/// Which names and reasons can be recorded: text without hidden characters. Every entry point checks it before it makes an
/// `Actor`.
package enum OperatorName {
  /// The longest name, in Unicode scalars: a character may have any number of combining marks.
  package static let nameMax = 64
  /// The longest reason, in Unicode scalars.
  package static let reasonMax = 1000

  /// The problem of a name, as "expected …, found …"; nil if it is valid.
  ///
  /// Brackets are reserved for additions of the program, as in `root (sudo by maria)`.
  package static func trouble(with name: String) -> String? {
    if let trouble = trouble(with: name, what: "a name", most: nameMax) { return trouble }
    if trimmed(name).lowercased() == "usher" {
      return
        "expected the name of a person or a service, found '\(name)', which is reserved for changes by the program"
    }
    let brackets: [Unicode.GeneralCategory] = [.openPunctuation, .closePunctuation]
    guard name.unicodeScalars.contains(where: { brackets.contains($0.properties.generalCategory) }) else { return nil }
    return "expected a name without brackets, which are reserved for the system user, found '\(name)'"
  }

  /// The problem of a reason, as "expected …, found …"; nil if it is valid.
  package static func trouble(withReason reason: String) -> String? {
    trouble(with: reason, what: "a reason", most: reasonMax)
  }

  /// The recorded form of a name: without surrounding blanks, and with one blank between words.
  package static func trimmed(_ name: String) -> String {
    name.split(omittingEmptySubsequences: true, whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func trouble(with text: String, what: String, most: Int) -> String? {
    if text.allSatisfy(\.isWhitespace) { return "expected \(what), found none" }
    let count = text.unicodeScalars.count
    if count > most { return "expected \(what) of at most \(most) characters, found \(count)" }
    guard let scalar = text.unicodeScalars.first(where: isUnseen) else { return nil }
    return "expected \(what) in plain characters, found the character U+\(hexadecimal(scalar.value))"
  }

  /// Whether readers cannot see it, or it makes them read the line differently: controls, fillers, direction marks.
  private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
    // A braille pattern without dots is blank, although Unicode does not classify it as white space.
    default: scalar.properties.isDefaultIgnorableCodePoint || scalar.value == 0x2800
    }
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
