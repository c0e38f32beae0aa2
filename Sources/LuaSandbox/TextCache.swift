import CLuaSandbox

#if canImport(Glibc)
  import Glibc
#endif

/// Returns the same `String` for the same bytes, for the few reasons that a policy repeats: a string longer than 15
/// bytes would be allocated for each decision.
struct TextCache: ~Copyable {
  private struct Entry {
    let bytes: UnsafeMutableRawBufferPointer
    let text: String
  }

  private let entries: UnsafeMutablePointer<Entry>
  private let count: UnsafeMutablePointer<Int>
  private static let capacity = 16

  init() {
    entries = .allocate(capacity: TextCache.capacity)
    count = .allocate(capacity: 1)
    count.initialize(to: 0)
  }

  deinit {
    for index in 0..<count.pointee { entries[index].bytes.deallocate() }
    entries.deinitialize(count: count.pointee)
    entries.deallocate()
    count.deallocate()
  }

  func string(_ raw: sandbox_text) -> String {
    let bytes = UnsafeRawBufferPointer(start: raw.bytes, count: Int(raw.length))
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return "" }
    for index in 0..<count.pointee where entries[index].bytes.count == bytes.count {
      // Both have `bytes.count` bytes, which is not 0, so neither address is nil.
      if memcmp(entries[index].bytes.baseAddress!, start, bytes.count) == 0 { return entries[index].text }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if count.pointee < TextCache.capacity {
      let kept = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      kept.copyMemory(from: bytes)
      (entries + count.pointee).initialize(to: Entry(bytes: kept, text: text))
      count.pointee += 1
    }
    return text
  }
}
