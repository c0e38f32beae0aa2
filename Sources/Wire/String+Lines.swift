extension String {
  /// Without the line ends at its end, for where they are added when it is printed.
  package var withoutTrailingNewlines: String {
    var text = self
    while text.hasSuffix("\n") { text.removeLast() }
    return text
  }
}
