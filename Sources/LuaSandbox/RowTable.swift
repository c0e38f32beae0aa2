import CLuaSandbox

/// A scalar in a list or a map of a row.
package enum RowScalar {
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case text(String)
}

/// Rows of one schema in one block of memory, which scripts read in place: what is set here is what they see next.
///
/// As a set (with `isOrdered`), its rows have an id, tags, and a place in an order among the eligible ones. Text is
/// copied into the table and stays until `removeAllText`.
package final class RowTable {
  /// Fixes the fields and their places; shared with other tables.
  package let schema: RowSchema
  /// Rows, fixed when the table is made.
  package let count: Int
  let raw: UnsafeMutablePointer<sandbox_rows>
  private let arena = TextArena()
  private let ids: RowIDs
  // What a setter needs, at hand: each is called a dozen times for a decision.
  private let rows: UnsafeMutableRawPointer
  private let stride: Int
  private let offsets: UnsafePointer<Int>

  /// All fields are absent, zero or empty, no row is eligible.
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
      // Written by `sandbox_index_clear` before anything reads them, and never as another type.
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
      case .boolean, .number, .text, .list, .map: break  // zero bytes say it
      }
    }
  }

  /// How far the clocks on the wall of those whom the rows are about are from UTC: minutes.
  @inline(__always)
  package var utcOffsetMinutes: Int64 {
    get { raw.pointee.utc_offset }
    set { raw.pointee.utc_offset = newValue }
  }

  /// Forgets the text of all rows: every text, list and map must be set again before a script sees the table.
  package func removeAllText() {
    raw.pointee.edits &+= 1
    arena.removeAll()
  }

  /// The column of a field that is one word: boolean, integer, number or member.
  package func column(_ field: Int) -> RowColumn {
    precondition(schema.fields[field].kind.size == 8, "a word")
    return offsets[field] / 8
  }

  /// Where the first row begins, and how many words further each next one.
  // Rows are memory of their own, aligned to a cache line, and their words are read as nothing else.
  /// Valid as long as the table; aligned to a cache line.
  package var firstRow: RowAddress { rows.assumingMemoryBound(to: Int64.self) }
  /// The distance from one row to the next, in words of 8 bytes.
  package var wordsPerRow: Int { stride / 8 }

  /// Lets the processor fetch what a decision about the row will touch, while it does something else.
  package func prefetch(_ row: Int) { sandbox_prefetch(raw, UInt32(row)) }

  // Each setter trusts the caller with the field's kind, as `schema.index(of:)` was asked for once at start-up.
  private func at<Value>(_ row: Int, _ field: Int, as: Value.Type) -> UnsafeMutablePointer<Value> {
    assert(row >= 0 && row < count && field >= 0 && field < schema.fields.count)
    raw.pointee.edits &+= 1
    // Inside the row's bytes: the schema laid the offsets out over its stride, each aligned to 8.
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

  /// Sets a `member` field to a place in the set; nil reads as nil in a script.
  package func set(_ row: Int, _ field: Int, member: Int?) {
    at(row, field, as: Int64.self).pointee = member.map(Int64.init) ?? -1
  }

  /// Sets a `text` field and copies the text; nil reads as nil in a script.
  package func set(_ row: Int, _ field: Int, _ value: String?) {
    at(row, field, as: sandbox_text.self).pointee = value.map { arena.copy($0) } ?? sandbox_text()
  }

  /// Sets a `list` field and copies its texts.
  package func set(_ row: Int, _ field: Int, list: [String]) {
    at(row, field, as: sandbox_items.self).pointee = items(of: list)
  }

  /// Sets a `map` field and copies its entries.
  package func set(_ row: Int, _ field: Int, map: [(name: String, value: RowScalar)]) {
    let entries = setMap(row, field, count: map.count)
    for (index, entry) in map.enumerated() { set(entries, index, entry.name, entry.value) }
  }

  /// The entries of a map that are still to be set.
  package struct Entries {
    fileprivate let scalars: UnsafeMutablePointer<sandbox_scalar>?
  }

  /// Gives a row a map of so many entries; each of them must then be set.
  package func setMap(_ row: Int, _ field: Int, count: Int) -> Entries {
    let scalars = count == 0 ? nil : arena.scalars(count: count)
    at(row, field, as: sandbox_items.self).pointee = sandbox_items(items: scalars, count: UInt32(count))
    return Entries(scalars: scalars)
  }

  /// Sets an entry by its place, from 0.
  package func set(_ entries: Entries, _ index: Int, _ name: String, _ value: RowScalar) {
    // The caller stays below the count, and there is an address for any count but 0.
    let scalar = entries.scalars! + index
    scalar.pointee = arena.scalar(value)
    scalar.pointee.name = arena.copy(name)
  }

  /// What queries go by: the row's id, its group and its tags.
  package func setHead(_ row: Int, id: String, group: String, tags: [String]) {
    let head = head(row)
    head.pointee.id = arena.copy(id)
    head.pointee.id_hash = sandbox_hash(head.pointee.id.bytes, Int(head.pointee.id.length))
    head.pointee.group = arena.copy(group)
    head.pointee.tags = items(of: tags)
  }

  /// Puts the row at its place in the order: by `major`, then `minor`, then place. Costs one path of the index.
  package func setOrder(_ row: Int, major: Double, minor: Int64, isEligible: Bool) {
    sandbox_index_set(raw, UInt32(row), major, minor, isEligible)
    sandbox_tell_change(raw, UInt32(row))
  }

  /// The same for the filling of a table; `buildOrder` follows.
  package func setOrderUnbuilt(_ row: Int, major: Double, minor: Int64, isEligible: Bool) {
    sandbox_index_set_leaf(raw, UInt32(row), major, minor, isEligible)
    raw.pointee.edits &+= 1
  }

  /// Puts the rows into their order, and takes in their ids.
  package func buildOrder() {
    sandbox_index_build(raw)
    ids.build(raw)
  }

  /// The row with this id, as of the last `buildOrder`.
  package func row(id: String) -> Int? { ids.row(raw, id: id) }

  /// The first row of the order, nil when none is eligible.
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

/// Lets the processor fetch the cache line of an address, while it does something else.
package func prefetchMemory(_ address: UnsafeRawPointer) { sandbox_prefetch_line(address) }
