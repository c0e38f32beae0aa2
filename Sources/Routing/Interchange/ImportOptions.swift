/// How a file is imported.
package struct ImportOptions: Sendable {
  /// The file format.
  package var format: ImportFormat
  /// Skips bad lines and imports the others; if false, the first bad line rejects the whole file.
  package var skipBad: Bool
  /// The time recorded for new rows, consumed triggers and opt-outs.
  package var now: Instant
  /// Who imports which file; with nil the audit gets no line.
  package var origin: ImportOrigin?
  /// Refuses parameters outside their range; nil accepts every value.
  package var ranges: (any ParameterRangeCheck)?

  /// By default JSON Lines, and all lines or none.
  package init(
    format: ImportFormat = .jsonLines, skipBad: Bool = false, now: Instant, origin: ImportOrigin? = nil,
    ranges: (any ParameterRangeCheck)? = nil
  ) {
    (self.format, self.skipBad, self.now, self.origin) = (format, skipBad, now, origin)
    self.ranges = ranges
  }
}
