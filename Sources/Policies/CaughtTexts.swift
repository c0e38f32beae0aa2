import LuaSandbox
import Routing

extension Sandbox {
  /// Usher's own error texts that the last call raised and that one of `texts` contains, in the order in which they were raised.
  func caught(in texts: [String]) -> [CaughtText] {
    guard hasRaised, !texts.isEmpty else { return [] }
    return raised.compactMap { raised in
      guard let code = ReasonCode(rawValue: raised.code), texts.contains(where: { $0.utf8.contains(raised.text.utf8) })
      else { return nil }
      return CaughtText(code, raised.text)
    }
  }
}

extension String.UTF8View {
  /// Byte by byte; the texts are short.
  fileprivate func contains(_ other: String.UTF8View) -> Bool {
    var rest = self[...]
    while rest.count >= other.count {
      if rest.starts(with: other) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
