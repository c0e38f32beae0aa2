import Foundation
import Routing
import Synchronization

/// The UTC offsets of time zones, from this machine's zone database. Safe to use from several threads.
package final class ZoneDatabase: ZoneOffsets {
  private struct Known {
    let zone: TimeZone
    var at: Instant
    var minutes: Int
  }

  /// A cycle looks up the same zones at one time again and again.
  private let known = Mutex<[String: Known]>([:])

  /// The maximum number of names kept: more than there are zones.
  private static let knownMax = 1024

  /// Starts empty; offsets are cached as they are looked up.
  package init() {}

  /// The minutes that a zone is ahead of UTC at a given time. 0 for a zone missing from the database: imports refuse
  /// those, so another machine must have known it.
  package func minutes(of name: String, at moment: Instant) -> Int {
    if name == "UTC" { return 0 }
    return known.withLock { known in
      if let found = known[name], found.at == moment { return found.minutes }
      guard let zone = known[name]?.zone ?? TimeZone(identifier: name) else { return 0 }
      if known.count >= ZoneDatabase.knownMax { known.removeAll() }
      let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
      // Only offsets of the nineteenth century have seconds.
      let minutes = Int((Double(zone.secondsFromGMT(for: date)) / 60).rounded(.down))
      known[name] = Known(zone: zone, at: moment, minutes: minutes)
      return minutes
    }
  }

  /// Whether the database has a zone of this name, such as `Asia/Kuala_Lumpur`. Abbreviations such as `MYT` do not
  /// count.
  package static func isZone(_ name: String) -> Bool {
    name == "UTC" || (name.contains("/") && TimeZone(identifier: name) != nil)
  }
}
