import Testing

@testable import Routing

struct InstantTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2026-11-22T09:00:00Z", 1_795_338_000_000),
    ("2026-11-22T17:00:00.250+08:00", 1_795_338_000_250), ("2024-02-29T23:59:59.999Z", 1_709_251_199_999),
    ("1969-12-31T23:59:59.999Z", -1),
  ])
  func `a timestamp is read as milliseconds since 1970`(text: String, milliseconds: Int64) {
    #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2026-11-22", "2026-11-22T09:00:00", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2025-02-29T00:00:00Z",
    "2026-11-22T24:00:00Z", "2026-11-22T09:60:00Z", "2026-11-22T09:00:61Z", "2026-11-22T09:00:00.Z",
    "2026-11-22T09:00:00+8:00", "2026-11-22T09:00:00Zx", "26-11-22T09:00:00Z", "1795338000000",
  ])
  func `an impossible time is refused`(text: String) {
    #expect(Instant(rfc3339: text) == nil)
  }

  @Test func `printing and parsing a time are inverse`() {
    var random = SeededRandom(seed: 7)
    for _ in 0..<10_000 {
      let moment = Instant(milliseconds: Int64(random.next() % 8_000_000_000_000))
      #expect(Instant(rfc3339: moment.rfc3339) == moment)
    }
  }

  @Test(arguments: ["9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00+00:01"])
  func `a time that an offset moves out of the years 0000 to 9999 is rejected`(text: String) {
    #expect(Instant(rfc3339: text) == nil)
  }

  @Test(arguments: ["9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z"])
  func `the first and the last printable time can be parsed`(text: String) {
    #expect(Instant(rfc3339: text)?.rfc3339 == text)
  }
}
