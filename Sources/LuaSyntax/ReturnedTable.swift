/// The table a chunk returns, as far as it can be read without running it.
package struct ReturnedTable: Equatable, Sendable {
  /// What a field holds.
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
    /// Anything whose kind shows only when it runs, and `nil`.
    case other
  }

  /// A field with a string key.
  package struct Field: Equatable, Sendable {
    /// The key, with replacement characters where it is not UTF-8.
    package let name: String
    /// Where the key stands.
    package let position: SourcePosition
    /// What it holds; a local never assigned again counts as what it was declared with.
    package let value: Value
  }

  /// The fields in source order; a key that is given twice is here twice, and the later one counts.
  package let fields: [Field]
  /// The constructor, from brace to brace.
  package let range: SourceRange

  /// The field that counts for a key, or nil.
  package subscript(name name: String) -> Field? { fields.last { $0.name == name } }

  /// Reads the table of a chunk whose last statement returns just a constructor, or just a top-level local
  /// that was declared with one and never assigned again; nil for any other chunk.
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
