import Routing
import Wire

/// Requests for `usher decide --lines`, generated from a seed: small fleets, unusual strings, loads at and around their
/// limits.
struct RequestStream {
  private var numbers: SeededRandom

  init(seed: UInt64) { numbers = SeededRandom(seed: seed) }

  func lines(_ count: Int) -> [String] {
    var stream = self
    return (0..<count).map { stream.line($0) }
  }

  private static let names = ["Aina", "İpek", "Straße", "", "a\u{0}b", "ÅÄÖ", "x,5", "1.5", "\u{1F600}"]

  private mutating func line(_ number: Int) -> String {
    let devices = (0..<Int.random(in: 0...5, using: &numbers)).map { device($0) }
    let request: JSONValue = [
      "now": "2026-11-22T09:00:00Z", "seed": JSONValue(Int.random(in: 0...1_000_000, using: &numbers)),
      "contact": [
        "id": .string("c\(number)"), "name": .string(Self.names.randomElement(using: &numbers)!),
        "assigned_device": .string("D\(Int.random(in: 0...5, using: &numbers))"),
        "attempts": JSONValue(Int.random(in: 0...9, using: &numbers)), "tags": ["kl", "vip"],
        "attributes": ["city": "KL", "weight": .number(Double.random(in: 0...10, using: &numbers))],
      ],
      "devices": .array(devices),
    ]
    return JSONWriter().string(request)
  }

  private mutating func device(_ place: Int) -> JSONValue {
    [
      "id": .string("D\(place)"), "status": Bool.random(using: &numbers) ? "online" : "offline",
      "queued": JSONValue(Int.random(in: 0...9, using: &numbers)),
      "sent_hour": JSONValue(Int.random(in: 0...12, using: &numbers)), "limit_hour": 10,
      "tags": Bool.random(using: &numbers) ? ["kl"] : [],
    ]
  }
}
