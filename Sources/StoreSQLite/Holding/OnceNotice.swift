/// A problem that is reported once, and again only after it was over or has changed.
struct OnceNotice {
  private var last: String?
  private var pending: String?

  /// The state of the problem now; nil when all is well.
  mutating func note(_ text: String?) {
    guard text != last else { return }
    last = text
    if let text { pending = text }
  }

  /// What has not been reported yet.
  mutating func take() -> String? {
    defer { pending = nil }
    return pending
  }
}
