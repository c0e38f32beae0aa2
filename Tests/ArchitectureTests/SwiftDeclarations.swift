/// The names that a Swift source declares, found by keywords and braces, without a compiler.
///
/// A member is named with its enclosing type or extension: `Cycle.Event.text`. Names inside functions are left out. In
/// a `case` with several names, only the first is found. The source must have no comments and no string literals.
struct SwiftDeclarations {
  private(set) var names: Set<String> = []
  /// The enclosing names at the current position; nil for braces that do not belong to a type.
  private var scopes: [String?] = []
  /// The type whose opening brace comes next.
  private var nextType: String?
  /// The number of open parentheses: names inside them are parameters.
  private var depth = 0

  init(_ code: String) {
    let tokens = code.matches(of: /[A-Za-z_][A-Za-z_0-9]*|[{}()]|\.(?=[A-Za-z_])/).map(\.output)
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      index += 1
      // A member's name may be a keyword, as in `.init` and `.self`. A dot in a number or a range is no token.
      if token == "." {
        index += 1
        continue
      }
      if let name = declaration(token, before: tokens[index...]) {
        if let full = inScope(name) { names.insert(full) }
        index += token == "init" ? 0 : 1
      }
    }
  }

  /// The name declared at this token; nil if it declares none.
  private mutating func declaration(_ token: Substring, before rest: ArraySlice<Substring>) -> String? {
    switch token {
    case "(": depth += 1
    case ")": depth -= 1
    case "{":
      scopes.append(nextType)
      nextType = nil
    case "}": _ = scopes.popLast()
    case "struct", "class", "enum", "actor", "protocol", "extension":
      guard depth == 0, let name = SwiftDeclarations.type(rest) else { return nil }
      nextType = name
      return name
    case "func", "var", "let", "case", "typealias", "associatedtype":
      // Tuples of names and operators are left out.
      guard depth == 0, let name = rest.first, name.first?.isLetter == true || name.first == "_" else { return nil }
      return String(name)
    case "init":
      return depth == 0 ? "init" : nil
    default: break
    }
    return nil
  }

  /// The name of a type, with dots for an extension of a nested one. Nil for `class func` and a value called `actor`.
  private static func type(_ tokens: ArraySlice<Substring>) -> String? {
    guard let first = tokens.first, first.first?.isUppercase == true else { return nil }
    var (name, rest) = (String(first), tokens.dropFirst())
    while rest.first == ".", let nested = rest.dropFirst().first {
      name += "." + nested
      rest = rest.dropFirst(2)
    }
    return name
  }

  /// Nil in a function body.
  private func inScope(_ name: String) -> String? {
    var path: [String] = []
    for scope in scopes {
      guard let scope else { return nil }
      path.append(scope)
    }
    return (path + [name]).joined(separator: ".")
  }
}
