import CLuaSandbox

/// A scalar in a list or a map of a row.
package enum RowScalar {
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case text(String)
}

/// Rows of one schema in one block of memory, which scripts read in place: the next read of a script sees the last
/// value set.
///
/// In a set (with `isOrdered`), rows have an id, tags, and a position in an order among the eligible ones. Strings are
/// copied into the table and stay until `removeAllText`.
package final class RowTable {
  /// The fields and their order; other tables may share it.
  package let schema: RowSchema
  /// The number of rows, fixed when the table is created.
  package let count: Int
  let raw: UnsafeMutablePointer<sandbox_rows>
  private let arena = TextArena()
  private let ids: RowIDs
  // Values that setters need, kept at hand: each setter runs a dozen times per decision.
  private let rows: UnsafeMutableRawPointer
  private let stride: Int
  private let offsets: UnsafePointer<Int>

  /// All fields start absent, zero or empty; no row is eligible.
  package init(schema: RowSchema, count: Int, isOrdered: Bool = false) {
    precondition(count < UInt32.max)
    self.schema = schema
    self.count = count
    stride = schema.stride
    offsets = schema.offsets
    ids = RowIDs(capacity: isOrdered ? count : 0)
    raw = .allocate(capacity: 1)
    let bytes = schema.stride * count
    rows = RowMemory.allocate(byteCount: bytes)
    rows.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    raw.initialize(to: sandbox_rows())
    raw.pointee.schema = schema.raw
    raw.pointee.rows = rows.assumingMemoryBound(to: UInt8.self)
    raw.pointee.stride = schema.stride
    raw.pointee.count = UInt32(count)
    raw.pointee.serial = sandbox_next_serial()
    if isOrdered {
      let nodes = sandbox_index_size(UInt32(count))
      // `sandbox_index_clear` writes the nodes before anything reads them, and they are never used as another type.
      raw.pointee.nodes = RowMemory.allocate(byteCount: nodes * MemoryLayout<sandbox_node>.stride)
        .bindMemory(to: sandbox_node.self, capacity: nodes)
      sandbox_index_clear(raw)
    }
    for row in 0..<count { clear(row) }
  }

  deinit {
    raw.pointee.nodes?.deallocate()
    rows.deallocate()
    raw.deallocate()
  }

  private func clear(_ row: Int) {
    for (index, field) in schema.fields.enumerated() {
      switch field.kind {
      case .integer: set(row, index, nil as Int64?)
      case .member: set(row, index, member: nil)
      case .boolean, .number, .text, .list, .map: break  // zero bytes mean absent
      }
    }
  }

  /// The UTC offset of the local time of the people whom the rows are about, in minutes.
  @inline(__always)
  package var utcOffsetMinutes: Int64 {
    get { raw.pointee.utc_offset }
    set { raw.pointee.utc_offset = newValue }
  }

  /// Discards the strings of all rows: every string, list and map must be set again before a script sees the table.
  package func removeAllText() {
    raw.pointee.edits &+= 1
    arena.removeAll()
  }

  /// The column of a field that is one word: boolean, integer, number or member.
  package func column(_ field: Int) -> RowColumn {
    precondition(schema.fields[field].kind.size == 8, "expected a field that is one word")
    return offsets[field] / 8
  }

  /// The address of the first row; each next row is `wordsPerRow` words further.
  // Rows have their own memory, aligned to a cache line, and their words are never accessed as another type.
  /// Valid as long as the table; aligned to a cache line.
  package var firstRow: RowAddress { rows.assumingMemoryBound(to: Int64.self) }
  /// The distance from one row to the next, in words of 8 bytes.
  package var wordsPerRow: Int { stride / 8 }

  /// Prefetches the memory that a decision about the row will touch.
  package func prefetch(_ row: Int) { sandbox_prefetch(raw, UInt32(row)) }

  // Setters do not verify the field's kind: the caller looked up `schema.index(of:)` once at start-up.
  private func at<Value>(_ row: Int, _ field: Int, as: Value.Type) -> UnsafeMutablePointer<Value> {
    assert(row >= 0 && row < count && field >= 0 && field < schema.fields.count)
    raw.pointee.edits &+= 1
    // Inside the row's bytes: the schema's offsets lie within its stride, each aligned to 8.
    return (rows + row * stride + offsets[field]).assumingMemoryBound(to: Value.self)
  }

  /// Sets a `boolean` field.
  package func set(_ row: Int, _ field: Int, _ value: Bool) {
    at(row, field, as: Int64.self).pointee = value ? 1 : 0
  }

  /// Sets an `integer` field; nil reads as nil in a script.
  package func set(_ row: Int, _ field: Int, _ value: Int64?) {
    at(row, field, as: Int64.self).pointee = value ?? Int64.min
  }

  /// Sets a `number` field.
  package func set(_ row: Int, _ field: Int, _ value: Double) {
    at(row, field, as: Double.self).pointee = value
  }

  /// Sets a `member` field to an index in the set; nil reads as nil in a script.
  package func set(_ row: Int, _ field: Int, member: Int?) {
    at(row, field, as: Int64.self).pointee = member.map(Int64.init) ?? -1
  }

  /// Sets a `text` field and copies the string; nil reads as nil in a script.
  package func set(_ row: Int, _ field: Int, _ value: String?) {
    at(row, field, as: sandbox_text.self).pointee = value.map { arena.copy($0) } ?? sandbox_text()
  }

  /// Sets a `list` field and copies its strings.
  package func set(_ row: Int, _ field: Int, list: [String]) {
    at(row, field, as: sandbox_items.self).pointee = items(of: list)
  }

  /// Sets a `map` field and copies its entries.
  package func set(_ row: Int, _ field: Int, map: [(name: String, value: RowScalar)]) {
    let entries = setMap(row, field, count: map.count)
    for (index, entry) in map.enumerated() { set(entries, index, entry.name, entry.value) }
  }

  /// The entries of a map that the caller still has to set.
  package struct Entries {
    fileprivate let scalars: UnsafeMutablePointer<sandbox_scalar>?
  }

  /// Gives a row a map of `count` entries; the caller must then set each of them.
  package func setMap(_ row: Int, _ field: Int, count: Int) -> Entries {
    let scalars = count == 0 ? nil : arena.scalars(count: count)
    at(row, field, as: sandbox_items.self).pointee = sandbox_items(items: scalars, count: UInt32(count))
    return Entries(scalars: scalars)
  }

  /// Sets an entry by its index, from 0.
  package func set(_ entries: Entries, _ index: Int, _ name: String, _ value: RowScalar) {
    // The index is below the count, and the address is not nil for any count but 0.
    let scalar = entries.scalars! + index
    scalar.pointee = arena.scalar(value)
    scalar.pointee.name = arena.copy(name)
  }

  /// Sets the values that queries use: the row's id, its group and its tags.
  package func setHead(_ row: Int, id: String, group: String, tags: [String]) {
    let head = head(row)
    head.pointee.id = arena.copy(id)
    head.pointee.id_hash = sandbox_hash(head.pointee.id.bytes, Int(head.pointee.id.length))
    head.pointee.group = arena.copy(group)
    head.pointee.tags = items(of: tags)
  }

  /// Sets the row's position in the order: by `major`, then `minor`, then index. Costs one path of the index tree.
  package func setOrder(_ row: Int, major: Double, minor: Int64, isEligible: Bool) {
    sandbox_index_set(raw, UInt32(row), major, minor, isEligible)
    sandbox_tell_change(raw, UInt32(row))
  }

  /// Sets the position while a table is being filled; call `buildOrder` afterwards.
  package func setOrderUnbuilt(_ row: Int, major: Double, minor: Int64, isEligible: Bool) {
    sandbox_index_set_leaf(raw, UInt32(row), major, minor, isEligible)
    raw.pointee.edits &+= 1
  }

  /// Sorts the rows into their order and indexes their ids.
  package func buildOrder() {
    sandbox_index_build(raw)
    ids.build(raw)
  }

  /// The row with this id, as of the last `buildOrder`; nil if not found.
  package func row(id: String) -> Int? { ids.row(raw, id: id) }

  /// The first row in the order; nil when no row is eligible.
  package var least: Int? {
    let row = sandbox_index_least(raw)
    return row == UInt32.max ? nil : Int(row)
  }

  private func head(_ row: Int) -> UnsafeMutablePointer<sandbox_head> {
    // Every row begins with its head.
    (rows + row * stride).assumingMemoryBound(to: sandbox_head.self)
  }

  private func items(of list: [String]) -> sandbox_items {
    guard !list.isEmpty else { return sandbox_items() }
    let scalars = arena.scalars(count: list.count)
    for index in list.indices {
      scalars[index].kind = SANDBOX_SCALAR_TEXT
      scalars[index].text = arena.copy(list[index])
    }
    return sandbox_items(items: scalars, count: UInt32(list.count))
  }
}

/// Prefetches the cache line of an address.
package func prefetchMemory(_ address: UnsafeRawPointer) { sandbox_prefetch_line(address) }
