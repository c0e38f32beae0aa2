import CLuaSandbox

#if canImport(Glibc)
  import Glibc
#endif

/// Gives the same `String` for the same bytes, for the handful of reasons that a policy gives over and over: a string
/// longer than 15 bytes would be allocated for each decision.
struct TextCache {
  private var entries: [(bytes: [UInt8], text: String)] = []
  private static let capacity = 16

  mutating func string(_ raw: sandbox_text) -> String {
    let bytes = UnsafeRawBufferPointer(start: raw.bytes, count: Int(raw.length))
    for entry in entries where entry.bytes.count == bytes.count {
      let isSame = entry.bytes.withUnsafeBytes { known in
        bytes.isEmpty || memcmp(known.baseAddress!, bytes.baseAddress!, bytes.count) == 0
      }
      if isSame { return entry.text }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    if entries.count < TextCache.capacity { entries.append((Array(bytes), text)) }
    return text
  }
}
