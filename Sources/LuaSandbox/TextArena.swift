import CLuaSandbox

/// Memory for bytes that do not move until all of them are released together.
///
/// Its state is behind a pointer: strings are copied a dozen times per decision, and each access to a mutable property
/// would be checked for exclusivity.
struct TextArena: ~Copyable {
  private struct State {
    var blocks: [UnsafeMutableRawBufferPointer] = []
    /// The unused part of the last block.
    var free = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }

  private let state: UnsafeMutablePointer<State>
  private static let blockSize = 16_384

  init() {
    state = .allocate(capacity: 1)
    state.initialize(to: State())
  }

  deinit {
    for block in state.pointee.blocks { block.deallocate() }
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Releases everything but the first block, which is reused.
  func removeAll() {
    guard let first = state.pointee.blocks.first else { return }
    state.pointee.free = first
    guard state.pointee.blocks.count > 1 else { return }
    for block in state.pointee.blocks.dropFirst() { block.deallocate() }
    state.pointee.blocks.removeLast(state.pointee.blocks.count - 1)
  }

  private func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    let rounded = (count + 7) & ~7
    if state.pointee.free.count < rounded { addBlock(rounded) }
    let free = state.pointee.free
    // At least `rounded` bytes are free, so the address is not nil.
    let start = free.baseAddress!
    state.pointee.free = UnsafeMutableRawBufferPointer(start: start + rounded, count: free.count - rounded)
    return start
  }

  private func addBlock(_ count: Int) {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: max(TextArena.blockSize, count), alignment: 16)
    state.pointee.blocks.append(block)
    state.pointee.free = block
  }

  func copy(_ text: String) -> sandbox_text {
    if let copied = text.utf8.withContiguousStorageIfAvailable({ copy($0) }) { return copied }
    var text = text
    return text.withUTF8 { copy($0) }
  }

  private func copy(_ bytes: UnsafeBufferPointer<UInt8>) -> sandbox_text {
    // An empty string needs an address too, because a missing address means absent.
    let copy = allocate(max(bytes.count, 1))
    if let start = bytes.baseAddress { copy.copyMemory(from: start, byteCount: bytes.count) }
    return sandbox_text(
      bytes: UnsafePointer(copy.assumingMemoryBound(to: CChar.self)), length: UInt32(bytes.count))
  }

  func scalars(count: Int) -> UnsafeMutablePointer<sandbox_scalar> {
    let pointer = allocate(count * MemoryLayout<sandbox_scalar>.stride)
      .bindMemory(to: sandbox_scalar.self, capacity: count)
    pointer.initialize(repeating: sandbox_scalar(), count: count)
    return pointer
  }

  func scalar(_ value: RowScalar) -> sandbox_scalar {
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
