import CShippedRules
import Routing

/// The sample data embedded in the program: `Examples/sample/acme-and-globex.jsonl`.
enum Sample {
  static var lines: [UInt8] {
    let sample = shipped_sample().pointee
    return Array(UnsafeBufferPointer(start: sample.bytes, count: sample.length))
  }

  @discardableResult
  static func load(into store: any Store, at now: Instant) throws -> ImportResult {
    try store.importFile(ByteSource(lines), ImportOptions(now: now))
  }
}
