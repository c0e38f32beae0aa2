import Wire

/// An argument, option or flag of a command, as help and manual pages show it.
struct CommandArgument: Equatable {
  enum Kind: String { case positional, option, flag }

  let kind: Kind
  /// With dashes: `-h`, `--help`. Empty for a positional argument.
  var names: [String]
  /// The placeholder of the value: `path`. Nil for a flag.
  let value: String?
  let abstract: String
  let isOptional: Bool
  let isRepeating: Bool
  let defaultValue: String?
  /// The allowed values; empty if any text is allowed.
  let values: [String]

  init(
    kind: Kind, names: [String], value: String?, abstract: String, isOptional: Bool = true, isRepeating: Bool = false,
    defaultValue: String? = nil, values: [String] = []
  ) {
    self.kind = kind
    self.names = names
    self.value = value
    self.abstract = abstract
    self.isOptional = isOptional
    self.isRepeating = isRepeating
    self.defaultValue = defaultValue
    self.values = values
  }

  /// `--policy <file>`, `-h, --help`, `<file>`.
  var label: String {
    let placeholder = value.map { "<\($0)>" }
    switch kind {
    case .positional: return placeholder ?? ""
    case .flag: return names.joined(separator: names.allSatisfy { $0.hasPrefix("--") } ? "/" : ", ")
    case .option: return names.joined(separator: ", ") + (placeholder.map { " \($0)" } ?? "")
    }
  }

  /// The abstract, then the allowed values and the default.
  var description: String {
    // The values are not repeated if the abstract lists them.
    let isListed = values.allSatisfy { abstract.contains($0) }
    let known = values.isEmpty || isListed ? nil : "values: \(values.joined(separator: ", "))"
    let facts = [known, defaultValue.map { "default: \($0)" }].compactMap(\.self)
    return ([abstract] + (facts.isEmpty ? [] : ["(\(facts.joined(separator: "; ")))"])).joined(separator: " ")
  }
}

extension CommandArgument {
  /// Reads an argument from the parser's dump; nil for a hidden one.
  init?(dumped json: JSONValue) {
    guard case .object(let object) = json, object["shouldDisplay"] != false,
      case .string(let word)? = object["kind"], let kind = Kind(rawValue: word)
    else { return nil }
    let text = { (key: String) -> String? in if case .string(let text)? = object[key] { text } else { nil } }
    let isSet = { (key: String) in object[key] == true }
    self.init(
      kind: kind, names: CommandArgument.list(object["names"]).compactMap(CommandArgument.name),
      value: kind == .flag ? nil : text("valueName"), abstract: text("abstract") ?? "",
      isOptional: isSet("isOptional"), isRepeating: isSet("isRepeating"), defaultValue: text("defaultValue"),
      values: CommandArgument.list(object["allValues"]).compactMap {
        if case .string(let text) = $0 { text } else { nil }
      })
  }

  private static func list(_ json: JSONValue?) -> [JSONValue] {
    if case .array(let items)? = json { items } else { [] }
  }

  private static func name(_ json: JSONValue) -> String? {
    guard case .object(let object) = json, case .string(let name)? = object["name"],
      case .string(let kind)? = object["kind"]
    else { return nil }
    return (kind == "long" ? "--" : "-") + name
  }
}
