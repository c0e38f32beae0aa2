import CLuaSandbox

extension ScriptTrace {
  /// A single value that a call read, with its Lua type. `ScriptRead` has the value as text only.
  package struct Value: Equatable, Sendable {
    /// The row that was read.
    package let owner: ScriptRead.Owner
    /// A field, or an entry of one: `attributes.spent`.
    package let name: String
    /// `nil`, `boolean`, `number` or `string`, as in the messages of Lua.
    package let type: String
    /// The value as Lua prints it; a string is neither quoted nor shortened.
    package let text: String
  }

  /// The single values that the last call read, in the order of their first reads. Leaves out lists, maps and devices as
  /// a whole. Read them before the rows get other strings.
  package func values(subject: RowSchema, set: RowSchema) -> [Value] {
    (0..<Int(raw.pointee.entry_count)).compactMap { index in
      let entry = raw.pointee.entries[index]
      guard entry.kind == SANDBOX_TRACE_FIELD || entry.kind == SANDBOX_TRACE_ITEM else { return nil }
      let field = (entry.of_subject ? subject : set).field(at: Int(entry.field))
      guard let type = type(of: entry, field.kind) else { return nil }
      switch read(entry, subject, set) {
      case .field(let owner, let name, let value), .entry(let owner, let name, let value):
        guard case .text(let text) = value else { return Value(owner: owner, name: name, type: "nil", text: "nil") }
        return Value(owner: owner, name: name, type: type, text: text)
      default: return nil
      }
    }
  }

  /// The Lua type of a value that is present; nil for a list, a map or a device that was read as a whole.
  private func type(of entry: sandbox_trace_entry, _ kind: RowSchema.Kind) -> String? {
    if entry.kind == SANDBOX_TRACE_ITEM {
      guard entry.has_item else { return "nil" }
      return switch entry.item.kind {
      case SANDBOX_SCALAR_BOOL: "boolean"
      case SANDBOX_SCALAR_INT, SANDBOX_SCALAR_NUMBER: "number"
      default: "string"
      }
    }
    return switch kind {
    case .boolean: "boolean"
    case .integer, .number: "number"
    case .text: "string"
    case .member: entry.word < 0 ? "nil" : nil
    case .list, .map: nil
    }
  }
}
