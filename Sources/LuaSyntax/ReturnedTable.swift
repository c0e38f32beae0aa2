/// The table that a chunk returns, as far as it can be determined without running the chunk.
package struct ReturnedTable: Equatable, Sendable {
  /// The value of a field.
  package enum Value: Equatable, Sendable {
    /// A function with its parameters in order, an implicit `self` first, from `function` to `end`.
    case function(parameters: [String], isVararg: Bool, range: SourceRange)
    /// A string, with replacement characters where it is not UTF-8.
    case string(String)
    /// An integer or a float, also with a minus sign.
    case number(Double)
    /// `true` or `false`.
    case boolean(Bool)
    /// A table constructor.
    case table(TableConstructor)
    /// `nil`, or a value whose kind is known only at run time.
    case other
  }

  /// A field with a string key.
  package struct Field: Equatable, Sendable {
    /// The key, with replacement characters where it is not UTF-8.
    package let name: String
    /// The position of the key.
    package let position: SourcePosition
    /// Its value; a local that is never assigned again counts as its initial value.
    package let value: Value
  }

  /// The fields in source order; a repeated key occurs repeatedly, and the last one applies.
  package let fields: [Field]
  /// The constructor, from brace to brace.
  package let range: SourceRange

  /// The last field with a key, which is the one that applies, or nil.
  package subscript(name name: String) -> Field? { fields.last { $0.name == name } }

  /// Reads the table of a chunk whose last statement returns only a constructor, or only a top-level local that was
  /// declared with one and never assigned again; nil for any other chunk.
  package init?(_ chunk: Chunk, scope: ScopeAnalysis) {
    guard case .return(let values) = chunk.block.statements.last?.kind, values.count == 1 else { return nil }
    var reader = ReturnedTableReader(chunk, scope: scope)
    switch values[0].unwrapped.kind {
    case .table(let table):
      reader.read(table)
      range = table.range
    case .name(let use):
      guard let index = use.binding.localIndex, let initial = reader.initialValue(of: index),
        case .table(let table) = initial.kind
      else { return nil }
      reader.read(table)
      reader.readAssignments(to: index)
      range = table.range
    default:
      return nil
    }
    fields = reader.fields
  }
}
