/// SplitMix64 (Steele, Lea, Flood 2014; https://prng.di.unimi.it/splitmix64.c): the same seed gives the same numbers
/// on every machine.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Any seed is valid, including 0.
  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SeededRandom.mix(state)
  }

  /// A number in 0..<1 with 53 random bits.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// SplitMix64's finaliser, a bijection that mixes all 64 bits.
  package static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The draw, in 0..<1, for a device's pause after a message. `seed` is the sender's seed.
  package static func pause(after message: MessageKey, seed: UInt64) -> Double {
    var random = SeededRandom(seed: seed ^ mix(UInt64(bitPattern: message.raw)))
    return random.unit()
  }

  /// The seed of a decision: the same contact, step and time give the same seed. Below 2^63, so that JSON and SQLite can
  /// store it as an integer.
  package static func seed(contact: ContactID, step: Int, at now: Instant) -> UInt64 {
    // FNV-1a over the id: short, and stable across processes, unlike `Hasher`.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in contact.text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return mix(hash ^ mix(UInt64(bitPattern: Int64(step)) &+ UInt64(bitPattern: now.milliseconds))) >> 1
  }
}
