import CLuaSandbox

/// Bytes that stay where they are until all are given up at once.
struct TextArena: ~Copyable {
  private var blocks: [UnsafeMutableRawBufferPointer] = []
  private var used = 0
  private static let blockSize = 16_384

  deinit {
    for block in blocks { block.deallocate() }
  }

  /// Gives up everything but the first block, which is used again.
  mutating func removeAll() {
    used = 0
    guard blocks.count > 1 else { return }
    for block in blocks.dropFirst() { block.deallocate() }
    blocks.removeLast(blocks.count - 1)
  }

  private mutating func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    let rounded = (count + 7) & ~7
    if let block = blocks.last, used + rounded <= block.count {
      defer { used += rounded }
      return block.baseAddress! + used
    }
    let block = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(TextArena.blockSize, rounded), alignment: 16)
    blocks.append(block)
    used = rounded
    return block.baseAddress!
  }

  mutating func copy(_ text: String) -> sandbox_text {
    var text = text
    return text.withUTF8 { bytes in
      let copy = allocate(max(bytes.count, 1))
      copy.copyMemory(from: bytes.baseAddress ?? UnsafePointer(bitPattern: 1)!, byteCount: bytes.count)
      return sandbox_text(
        bytes: UnsafePointer(copy.assumingMemoryBound(to: CChar.self)), length: UInt32(bytes.count))
    }
  }

  mutating func scalars(count: Int) -> UnsafeMutablePointer<sandbox_scalar> {
    let pointer = allocate(count * MemoryLayout<sandbox_scalar>.stride)
      .bindMemory(to: sandbox_scalar.self, capacity: count)
    pointer.initialize(repeating: sandbox_scalar(), count: count)
    return pointer
  }

  mutating func scalar(_ value: RowScalar) -> sandbox_scalar {
    var scalar = sandbox_scalar()
    switch value {
    case .boolean(let value):
      scalar.kind = SANDBOX_SCALAR_BOOL
      scalar.integer = value ? 1 : 0
    case .integer(let value):
      scalar.kind = SANDBOX_SCALAR_INT
      scalar.integer = value
    case .number(let value):
      scalar.kind = SANDBOX_SCALAR_NUMBER
      scalar.number = value
    case .text(let value):
      scalar.kind = SANDBOX_SCALAR_TEXT
      scalar.text = copy(value)
    }
    return scalar
  }
}
