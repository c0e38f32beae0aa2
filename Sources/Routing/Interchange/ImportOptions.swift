/// How a file is imported.
package struct ImportOptions: Sendable {
  /// What the file is written in.
  package var format: ImportFormat
  /// Leaves bad lines out and keeps the others; otherwise the first bad line refuses the file.
  package var skipBad: Bool
  /// The moment that new rows, consumed triggers and opt-outs are dated with.
  package var now: Instant
  /// Who imports, and which file; nil leaves no line in the audit.
  package var origin: ImportOrigin?

  /// Makes options: JSON Lines and all or nothing, unless told otherwise.
  package init(format: ImportFormat = .jsonLines, skipBad: Bool = false, now: Instant, origin: ImportOrigin? = nil) {
    (self.format, self.skipBad, self.now, self.origin) = (format, skipBad, now, origin)
  }
}
