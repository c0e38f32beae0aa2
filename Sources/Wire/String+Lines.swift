extension String {
  /// Without the line ends at the end, for output where printing adds one.
  package var withoutTrailingNewlines: String {
    var text = self
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
