/// A problem that is reported once, and again only after it ended or changed.
struct OnceNotice {
  private var last: String?
  private var pending: String?

  /// The current state of the problem; nil without one.
  mutating func note(_ text: String?) {
    guard text != last else { return }
    last = text
    if let text { pending = text }
  }

  /// Returns the problem if it has not been reported yet.
  mutating func take() -> String? {
    defer { pending = nil }
    return pending
  }
}
