/// Decodes the bytes that a terminal sends into keys. A sequence may arrive in several pieces.
///
/// Unknown sequences are discarded whole, so that their rest is not read as letters.
package struct KeyDecoder {
  private enum State: Equatable {
    case ground
    case escape
    /// After `ESC [` or `ESC O`, with the parameters so far.
    case sequence([UInt8])
    /// A character of several bytes, and how many are missing.
    case character([UInt8], missing: Int)
  }

  /// The most parameter bytes of a sequence; no terminal sends more.
  private static let parametersMax = 32
  private var state = State.ground

  /// Outside of any sequence.
  package init() {}

  /// Whether a sequence is incomplete. If nothing follows soon, call `flush`.
  package var isWaiting: Bool { state != .ground }

  /// The keys that `bytes` complete, in order; an incomplete rest waits for the next call.
  package mutating func keys(of bytes: some Sequence<UInt8>) -> [Key] { bytes.compactMap { key(after: $0) } }

  /// Call it if nothing followed: a lone ESC is the key Esc, any other incomplete sequence is discarded.
  package mutating func flush() -> Key? {
    defer { state = .ground }
    return state == .escape ? .escape : nil
  }

  private mutating func key(after byte: UInt8) -> Key? {
    switch state {
    case .ground: return first(byte)
    case .escape:
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O") {
        state = .sequence([])
        return nil
      }
      // Alt with a key, or ESC pressed twice: the second byte is handled on its own.
      state = .ground
      return byte == 0x1B ? .escape : nil
    case .sequence(let parameters):
      guard 0x40...0x7E ~= byte else {
        let isSound = 0x20...0x3F ~= byte && parameters.count < KeyDecoder.parametersMax
        state = isSound ? .sequence(parameters + [byte]) : .ground
        return nil
      }
      state = .ground
      return KeyDecoder.named(byte, parameters)
    case .character(let bytes, let missing):
      guard 0x80...0xBF ~= byte else {
        state = .ground
        return first(byte)
      }
      guard missing == 1 else {
        state = .character(bytes + [byte], missing: missing - 1)
        return nil
      }
      state = .ground
      return String(decoding: bytes + [byte], as: UTF8.self).first.map(Key.character)
    }
  }

  private mutating func first(_ byte: UInt8) -> Key? {
    switch byte {
    case 0x1B:
      state = .escape
      return nil
    case 0x0D, 0x0A: return .enter
    case 0x09: return .tab
    case 0x7F, 0x08: return .backspace
    case 0x01...0x1A: return .control(Character(Unicode.Scalar(byte + 0x60)))
    case 0x20...0x7E: return .character(Character(Unicode.Scalar(byte)))
    case 0xC2...0xDF: state = .character([byte], missing: 1)
    case 0xE0...0xEF: state = .character([byte], missing: 2)
    case 0xF0...0xF4: state = .character([byte], missing: 3)
    default: break
    }
    return nil
  }

  private static func named(_ final: UInt8, _ parameters: [UInt8]) -> Key? {
    switch final {
    case UInt8(ascii: "A"): return .up
    case UInt8(ascii: "B"): return .down
    case UInt8(ascii: "C"): return .right
    case UInt8(ascii: "D"): return .left
    case UInt8(ascii: "H"): return .home
    case UInt8(ascii: "F"): return .end
    case UInt8(ascii: "~"):
      switch parameters.first {
      case UInt8(ascii: "1"), UInt8(ascii: "7"): return .home
      case UInt8(ascii: "4"), UInt8(ascii: "8"): return .end
      case UInt8(ascii: "5"): return .pageUp
      case UInt8(ascii: "6"): return .pageDown
      default: return nil
      }
    default: return nil
    }
  }
}
