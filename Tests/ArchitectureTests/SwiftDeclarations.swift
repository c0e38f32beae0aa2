/// The names that a Swift source declares, found without a compiler: by its keywords and braces.
///
/// A member is named with the type or extension around it: `Cycle.Event.text`. Names inside functions are left out. Of a
/// `case` with several names, only the first is found. The source must have no comments and no string literals.
struct SwiftDeclarations {
  private(set) var names: Set<String> = []
  /// The names around the current place; nil for braces that are not a type's.
  private var scopes: [String?] = []
  /// The type whose brace comes next.
  private var nextType: String?
  /// Parentheses that are open: what stands in them is a parameter.
  private var depth = 0

  init(_ code: String) {
    let tokens = code.matches(of: /[A-Za-z_][A-Za-z_0-9]*|[{}()]|\./).map(\.output)
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      index += 1
      // A member's name may be a keyword, as in `.init` and `.self`.
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

  /// The name that is declared at this token; nil if it declares none.
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
      // A tuple of names and an operator are left out.
      guard depth == 0, let name = rest.first, name.first?.isLetter == true || name.first == "_" else { return nil }
      return String(name)
    case "init":
      return depth == 0 ? "init" : nil
    default: break
    }
    return nil
  }

  /// The name of a type, with dots for an extension of a nested one. `class func` and a value called `actor` name none.
  private static func type(_ tokens: ArraySlice<Substring>) -> String? {
    guard let first = tokens.first, first.first?.isUppercase == true else { return nil }
    var (name, rest) = (String(first), tokens.dropFirst())
    while rest.first == ".", let nested = rest.dropFirst().first {
      name += "." + nested
      rest = rest.dropFirst(2)
    }
    return name
  }

  /// Nil inside a function's body.
  private func inScope(_ name: String) -> String? {
    var path: [String] = []
    for scope in scopes {
      guard let scope else { return nil }
      path.append(scope)
    }
    return (path + [name]).joined(separator: ".")
  }
}
