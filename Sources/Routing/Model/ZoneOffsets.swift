/// Looks up time zone offsets.
///
/// Never used within a decision: the offset is one of the decision's inputs, so that a machine with another zone database
/// decides the same.
package protocol ZoneOffsets: Sendable {
  /// Minutes by which a zone's local time is ahead of UTC at a time; 0 for an unknown zone.
  func minutes(of name: String, at moment: Instant) -> Int
}
