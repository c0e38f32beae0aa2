/// The string with every scalar that controls a terminal, or is invisible on it, written as a visible `\u{XX}`.
///
/// Replaced: control characters (C0 with tab and line feed, DEL, C1), line and paragraph separators, bidirectional
/// controls, and zero-width and other invisible characters. Variation selectors stay, because emoji need them.
/// Backslashes stay too, so the result is for reading and cannot be decoded. Linear time.
package func terminalSafe(_ s: String) -> String {
  // Nearly every string is plain ASCII and is returned unchanged.
  guard s.utf8.contains(where: { !(0x20...0x7E ~= $0) }) else { return s }
  var result = ""
  result.reserveCapacity(s.utf8.count)
  for scalar in s.unicodeScalars {
    if isUnsafeOnTerminal(scalar) {
      result += "\\u{" + Hex.padded(scalar.value, to: 2) + "}"
    } else {
      result.unicodeScalars.append(scalar)
    }
  }
  return result
}

private func isUnsafeOnTerminal(_ scalar: Unicode.Scalar) -> Bool {
  if 0x20...0x7E ~= scalar.value { return false }
  switch scalar.value {
  case 0xFE00...0xFE0F, 0xE0100...0xE01EF: return false
  default: break
  }
  let properties = scalar.properties
  switch properties.generalCategory {
  // The format category contains the bidirectional controls and most zero-width characters.
  case .control, .format, .lineSeparator, .paragraphSeparator: return true
  default: return properties.isDefaultIgnorableCodePoint
  }
}
