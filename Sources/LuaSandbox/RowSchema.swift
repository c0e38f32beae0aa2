import CLuaSandbox

/// The named fields of one kind of row, as scripts read them.
///
/// A schema lives as long as the process: interpreters keep its address.
package final class RowSchema: Sendable {
  /// How a field is stored and what a script reads.
  package enum Kind: Sendable {
    case boolean
    /// A script may read `nil`.
    case integer
    case number
    /// A script may read `nil`.
    case text
    case list
    /// A missing name reads as nil.
    case map
    /// Another row: a member of the set in the same call.
    case member
  }

  /// One field, with its name in scripts.
  package struct Field: Sendable {
    /// The name after the dot in scripts.
    package let name: String
    /// Determines which setter of `RowTable` applies.
    package let kind: Kind
    /// The name must be a Lua identifier.
    package init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }
  }

  /// An earlier name of a field, which scripts may still read. Messages, checks and completion list fields alone.
  package struct Alias: Sendable {
    /// As earlier scripts write it behind the dot.
    package let name: String
    /// The name of the field that it reads.
    package let field: String
    /// `field` must be a field of the same schema.
    package init(_ name: String, of field: String) { (self.name, self.field) = (name, field) }
  }

  /// The bytes of a cache line. A row begins at a multiple of it, and its head fits into one line.
  static let cacheLine = 64

  /// The name of a row in messages: `device`.
  package let noun: String
  /// In a fixed order; setters identify a field by its index.
  package let fields: [Field]
  /// In C they follow the fields, each at the offset of its field.
  package let aliases: [Alias]
  /// Bytes of one row.
  let stride: Int
  // Both are written once here and only read afterwards, by Swift and by C.
  /// The byte offset of each field in a row.
  nonisolated(unsafe) let offsets: UnsafePointer<Int>
  nonisolated(unsafe) let raw: UnsafePointer<sandbox_schema>

  /// Allocates memory that is never freed: create one schema for each kind of row.
  package init(noun: String, fields: [Field], aliases: [Alias] = []) {
    precondition(MemoryLayout<sandbox_head>.size <= RowSchema.cacheLine)
    self.noun = noun
    self.fields = fields
    self.aliases = aliases
    let offsets = UnsafeMutablePointer<Int>.allocate(capacity: fields.count)
    let rawFields = UnsafeMutablePointer<sandbox_field>.allocate(capacity: fields.count + aliases.count)
    // Numbers change with each decision and text does not, so the numbers are adjacent, after the head's cache line.
    var offset = RowSchema.cacheLine
    for isText in [false, true] {
      for (index, field) in fields.enumerated() where (field.kind.size > 8) == isText {
        (offsets + index).initialize(to: offset)
        (rawFields + index).initialize(
          to: sandbox_field(name: immortal(field.name), kind: field.kind.raw, offset: UInt32(offset)))
        offset += field.kind.size
      }
    }
    for (place, alias) in aliases.enumerated() {
      guard let index = fields.firstIndex(where: { $0.name == alias.field }) else {
        preconditionFailure("no field \(alias.field) in the schema of a \(noun)")
      }
      (rawFields + fields.count + place).initialize(
        to: sandbox_field(
          name: immortal(alias.name), kind: fields[index].kind.raw, offset: UInt32(offsets[index])))
    }
    self.offsets = UnsafePointer(offsets)
    stride = (offset + RowSchema.cacheLine - 1) & ~(RowSchema.cacheLine - 1)
    let schema = UnsafeMutablePointer<sandbox_schema>.allocate(capacity: 1)
    schema.initialize(
      to: sandbox_schema(
        noun: immortal(noun), fields: rawFields, field_count: UInt32(fields.count + aliases.count),
        alias_count: UInt32(aliases.count)))
    raw = UnsafePointer(schema)
  }

  /// The field that scripts read by `name`, which may be an alias; nil for another name.
  package func field(named name: String) -> Field? {
    let name = aliases.first { $0.name == name }?.field ?? name
    return fields.first { $0.name == name }
  }

  /// The field at a place of the list that C has: the fields, then the aliases.
  func field(at place: Int) -> Field {
    place < fields.count ? fields[place] : fields[index(of: aliases[place - fields.count].field)]
  }

  /// The index of a field, for `RowTable`'s setters. Traps for an unknown name.
  package func index(of name: String) -> Int {
    guard let index = fields.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("no field \(name) in the schema of a \(noun)")
    }
    return index
  }
}

extension RowSchema.Kind {
  var raw: sandbox_field_kind {
    switch self {
    case .boolean: SANDBOX_FIELD_BOOL
    case .integer: SANDBOX_FIELD_INT
    case .number: SANDBOX_FIELD_NUMBER
    case .text: SANDBOX_FIELD_TEXT
    case .list: SANDBOX_FIELD_LIST
    case .map: SANDBOX_FIELD_MAP
    case .member: SANDBOX_FIELD_MEMBER
    }
  }

  var size: Int {
    switch self {
    case .boolean, .integer, .number, .member: 8
    case .text: MemoryLayout<sandbox_text>.stride
    case .list, .map: MemoryLayout<sandbox_items>.stride
    }
  }
}

/// A C string that is never freed: for the few dozen names of schemas and vocabularies.
func immortal(_ text: String) -> UnsafePointer<CChar> {
  let bytes = Array(text.utf8CString)
  let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
  copy.initialize(from: bytes, count: bytes.count)
  return UnsafePointer(copy)
}
