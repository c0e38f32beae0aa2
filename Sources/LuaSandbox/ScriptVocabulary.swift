import CLuaSandbox

/// What scripts can answer and see: hooks, verdicts, queries and the kinds of rows, by name.
///
/// It lives as long as the process; all interpreters share one.
package final class ScriptVocabulary: Sendable {
  /// A function that a script may define and the host calls.
  package struct Hook: Sendable {
    /// The key in the table that the script returns.
    package let name: String
    /// Whether loading fails for a script without it.
    package let isRequired: Bool
    /// Optional by default.
    package init(_ name: String, isRequired: Bool = false) { (self.name, self.isRequired) = (name, isRequired) }
  }

  /// A function that creates a verdict.
  package struct VerdictForm: Sendable {
    /// The global name of the function in scripts.
    package let name: String
    /// `(member, reason)` rather than `(reason)`.
    package let takesMember: Bool
    /// `(target, reason)`: the first argument is a member, the set or a filter.
    package let takesTarget: Bool
    /// `(reason, seconds)`.
    package let takesSeconds: Bool
    /// Takes only a reason by default.
    package init(
      _ name: String, takesMember: Bool = false, takesTarget: Bool = false, takesSeconds: Bool = false
    ) {
      (self.name, self.takesMember, self.takesSeconds) = (name, takesMember, takesSeconds)
      self.takesTarget = takesTarget
    }
  }

  /// The operation of a query; the vocabulary gives it a name.
  package enum Query: CaseIterable, Sendable { case get, least, first, eligible, candidates, hash }

  /// The names of the conditions in a query's filter.
  package struct Filter: Sendable {
    let tag: String
    let group: String
    let except: String
    /// Keys of the table that a query accepts.
    package init(tag: String, group: String, except: String) {
      (self.tag, self.group, self.except) = (tag, group, except)
    }
  }

  /// In a fixed order; `ask` and `hasHook` identify a hook by its index.
  package let hooks: [Hook]
  /// Names next to the hooks that a script may set to true.
  package let flags: [String]
  /// In a fixed order; replies identify a verdict by its index.
  package let verdicts: [VerdictForm]
  /// Names of the set's functions, each with its operation.
  package let queries: [(name: String, query: Query)]
  // Written once in `init` and only read afterwards.
  nonisolated(unsafe) let raw: UnsafePointer<sandbox_vocabulary>

  /// `scriptNoun` is the name of a script in messages. `conditions` is the key under which a script lists the
  /// conditions for being called; nil if scripts have none.
  package init(
    setNoun: String, scriptNoun: String, conditions: String? = nil, hooks: [Hook], flags: [String] = [],
    verdicts: [VerdictForm], queries: [(name: String, query: Query)], filter: Filter, longestSeconds: Double,
    schemas: [RowSchema]
  ) {
    precondition(flags.count <= SANDBOX_FLAG_MAX, "expected at most \(SANDBOX_FLAG_MAX) flags, found \(flags.count)")
    self.flags = flags
    self.hooks = hooks
    self.verdicts = verdicts
    self.queries = queries
    var vocabulary = sandbox_vocabulary()
    vocabulary.set_noun = immortal(setNoun)
    vocabulary.script_noun = immortal(scriptNoun)
    vocabulary.conditions = conditions.map { immortal($0) }
    vocabulary.seconds_max = longestSeconds
    vocabulary.filter_tag = immortal(filter.tag)
    vocabulary.filter_group = immortal(filter.group)
    vocabulary.filter_except = immortal(filter.except)
    vocabulary.hooks = immortal(hooks.map { sandbox_hook_spec(name: immortal($0.name), required: $0.isRequired) })
    vocabulary.hook_count = UInt32(hooks.count)
    vocabulary.flags = immortal(flags.map { Optional(immortal($0)) })
    vocabulary.flag_count = UInt32(flags.count)
    vocabulary.verdicts = immortal(
      verdicts.map {
        sandbox_verdict_spec(
          name: immortal($0.name), takes_member: $0.takesMember, takes_target: $0.takesTarget,
          takes_seconds: $0.takesSeconds)
      })
    vocabulary.verdict_count = UInt32(verdicts.count)
    vocabulary.queries = immortal(
      queries.map { sandbox_query_spec(name: immortal($0.name), kind: $0.query.raw) })
    vocabulary.query_count = UInt32(queries.count)
    vocabulary.schemas = immortal(schemas.map { Optional($0.raw) })
    vocabulary.schema_count = UInt32(schemas.count)
    raw = immortal([vocabulary])
  }

  /// Globals that every script can use, except verdicts, in a fixed order.
  package static let globalNames = strings(sandbox_global_names())
  /// The members of the libraries among the globals.
  package static let libraryMembers: [(library: String, members: [String])] = {
    let libraries: [String] = ["string", "table", "math"]
    return libraries.map { ($0, strings(sandbox_member_names($0))) }
  }()

  private static func strings(_ names: sandbox_names) -> [String] {
    (0..<Int(names.count)).map { String(cString: names.names[$0]!) }
  }
}

extension ScriptVocabulary.Query {
  var raw: sandbox_query_kind {
    switch self {
    case .get: SANDBOX_QUERY_GET
    case .least: SANDBOX_QUERY_LEAST
    case .first: SANDBOX_QUERY_FIRST
    case .eligible: SANDBOX_QUERY_ELIGIBLE
    case .candidates: SANDBOX_QUERY_CANDIDATES
    case .hash: SANDBOX_QUERY_HASH
    }
  }
}

private func immortal<Element>(_ elements: [Element]) -> UnsafePointer<Element> {
  let copy = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
  copy.initialize(from: elements, count: elements.count)
  return UnsafePointer(copy)
}
