import CLuaSandbox

#if canImport(Glibc)
  import Glibc
#endif

/// Finds the rows of a set by id: open addressing over the hashes in the rows' heads.
struct RowIDs: ~Copyable {
  private static let empty = UInt32.max

  /// A power of 2, at least twice the number of rows, so that there is always an empty slot.
  private let slots: UnsafeMutablePointer<UInt32>
  private let mask: Int

  init(capacity: Int) {
    var size = 2
    while size < capacity * 2 { size *= 2 }
    slots = .allocate(capacity: size)
    slots.initialize(repeating: RowIDs.empty, count: size)
    mask = size - 1
  }

  deinit { slots.deallocate() }

  /// Indexes the rows, whose heads must be set. Of two rows with the same id, the later one counts.
  func build(_ rows: UnsafePointer<sandbox_rows>) {
    slots.update(repeating: RowIDs.empty, count: mask + 1)
    for row in 0..<Int(rows.pointee.count) {
      let head = RowIDs.head(rows, row)
      slots[slot(rows, head.pointee.id, head.pointee.id_hash)] = UInt32(row)
    }
  }

  func row(_ rows: UnsafePointer<sandbox_rows>, id: String) -> Int? {
    if let row = id.utf8.withContiguousStorageIfAvailable({ find(rows, $0) }) { return row }
    var id = id
    return id.withUTF8 { find(rows, $0) }
  }

  private func find(_ rows: UnsafePointer<sandbox_rows>, _ id: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let start = UnsafeRawPointer(id.baseAddress)?.assumingMemoryBound(to: CChar.self) else { return nil }
    let text = sandbox_text(bytes: start, length: UInt32(id.count))
    let row = slots[slot(rows, text, sandbox_hash(start, id.count))]
    return row == RowIDs.empty ? nil : Int(row)
  }

  /// The slot of the row with this id, or the empty slot where it would be.
  private func slot(_ rows: UnsafePointer<sandbox_rows>, _ id: sandbox_text, _ hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != RowIDs.empty {
      let head = RowIDs.head(rows, Int(slots[slot]))
      if head.pointee.id_hash == hash, head.pointee.id.length == id.length,
        memcmp(head.pointee.id.bytes, id.bytes, Int(id.length)) == 0
      {
        return slot
      }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private static func head(_ rows: UnsafePointer<sandbox_rows>, _ row: Int) -> UnsafePointer<sandbox_head> {
    // Every row of a set begins with its head.
    UnsafeRawPointer(rows.pointee.rows + row * rows.pointee.stride).assumingMemoryBound(to: sandbox_head.self)
  }
}
