import LuaSandbox
import LuaSyntax
import Policies

extension PolicyCheck {
  /// A chain of suffixes and the shape of its result: `fleet` `:get('D1')` `.name`.
  struct Chain {
    /// The global at the start of the chain and its members, while only members were accessed: `string` or `string.sub`.
    private(set) var path: [String]?
    private(set) var shape: Shape?
    /// The query accessed with a dot and not called yet.
    private var query: String?

    init(base: Expression, shape: Shape?) {
      self.shape = shape
      if case .name(let use) = base.unwrapped.kind, use.binding == .global { path = [use.text] }
    }

    /// The name of the member that a suffix accesses, and its range.
    static func member(_ suffix: Expression.Suffix) -> (name: String, range: SourceRange)? {
      switch suffix.kind {
      case .field(let name), .method(let name, _): (name.text, name.range)
      case .index(let key): key.unwrapped.stringText.map { ($0, key.unwrapped.range) }
      case .call: nil
      }
    }

    mutating func take(_ suffix: Expression.Suffix) {
      let before = shape
      let named = query
      (shape, query) = (nil, nil)
      switch suffix.kind {
      case .call:
        shape = named.flatMap(Chain.query) ?? path.flatMap(Chain.result)
        path = nil
        return
      case .method(let name, _):
        path = nil
        if before == .fleet { shape = Chain.query(name.text) }
        if before == .text { shape = Chain.result(["string", name.text]) }
        return
      case .field, .index: break
      }
      guard let (name, _) = Chain.member(suffix) else {
        path = nil
        switch before {
        case .fleet, .devices: shape = .device
        case .tags: shape = .text
        default: break
        }
        return
      }
      path?.append(name)
      if before == .fleet { (shape, query) = (.function, name) }
      if let field = before?.schema?.field(named: name) { shape = Shape(field) }
    }

    /// The result of a query, even if its name is misspelt: that is a finding of its own, and fields of the result are
    /// checked too.
    private static func query(_ name: String) -> Shape? {
      let queries = PolicyVocabulary.script.queries
      let known = queries.contains { $0.name == name } ? name : certainName(for: name, among: queries.map(\.name))
      return switch queries.first(where: { $0.name == known })?.query {
      case .get, .least, .first, .hash: .device
      case .eligible, .candidates: .devices
      case nil: nil
      }
    }

    /// The result of a sandbox function.
    private static func result(_ path: [String]) -> Shape? {
      if path.count == 1, PolicyVocabulary.script.verdicts.contains(where: { $0.name == path[0] }) { return .verdict }
      switch path.joined(separator: ".") {
      case "starts_with", "ends_with", "contains", "glob": return .boolean
      case "tostring", "type", "string.lower", "string.upper", "string.sub", "string.rep", "string.format",
        "string.reverse", "string.char", "table.concat":
        return .text
      case "random", "string.len", "math.abs", "math.floor", "math.ceil", "math.max", "math.min", "math.sqrt":
        return .number
      case "split", "table.pack": return .table
      default: return nil
      }
    }
  }
}
