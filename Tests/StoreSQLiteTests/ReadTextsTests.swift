import Routing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct ReadTextsTests {
  private struct Refusal: Error {}

  @Test func `each text gives its own value, with more texts than the cache has slots`() {
    var texts = ReadTexts<String>()
    for round in 0..<3 {
      for number in 0..<2000 {
        let text = String(repeating: "x", count: number % 120) + "\(number)"
        let value = Array(text.utf8).withUnsafeBufferPointer { bytes in
          texts.value(of: bytes) { String(decoding: $0, as: UTF8.self) }
        }
        #expect(value == text, "round \(round)")
      }
    }
  }

  @Test func `a text that repeats is not decoded again`() {
    var texts = ReadTexts<Int>()
    var reads = 0
    for _ in 0..<3 {
      _ = Array(#"{"city":"Penang"}"#.utf8).withUnsafeBufferPointer { bytes in
        texts.value(of: bytes) { _ in
          reads += 1
          return reads
        }
      }
    }
    #expect(reads == 1)
  }

  @Test func `a text that cannot be decoded is decoded each time`() throws {
    var texts = ReadTexts<Int>()
    for _ in 0..<2 {
      #expect(throws: Refusal.self) {
        try Array("[".utf8).withUnsafeBufferPointer { bytes in
          try texts.value(of: bytes) { (_) throws(Refusal) in throw Refusal() }
        }
      }
    }
  }
}
