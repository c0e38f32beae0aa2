/// How far time zones are from UTC.
///
/// Asked outside of decisions alone: what a decision is made on holds the answer, so that another machine, with another
/// zone database, decides the same.
package protocol ZoneOffsets: Sendable {
  /// The minutes that a zone's clocks are ahead of UTC at a moment. 0 for a zone that is not known.
  func minutes(of name: String, at moment: Instant) -> Int
}
