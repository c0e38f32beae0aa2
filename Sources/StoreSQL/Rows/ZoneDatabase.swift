import Foundation
import Routing
import Synchronization

/// How far time zones are from UTC, by this machine's zone database. Safe to use from several threads.
package final class ZoneDatabase: ZoneOffsets {
  private struct Known {
    let zone: TimeZone
    var at: Instant
    var minutes: Int
  }

  /// A cycle asks for the same zones at one moment, again and again.
  private let known = Mutex<[String: Known]>([:])

  /// Names kept: more than there are zones.
  private static let knownMax = 1024

  /// Offsets are remembered as they are asked for.
  package init() {}

  /// The minutes that a zone's clocks are ahead of UTC at a moment. 0 for a zone that the database does not have: an
  /// import refuses those, so it is one that another machine knew.
  package func minutes(of name: String, at moment: Instant) -> Int {
    if name == "UTC" { return 0 }
    return known.withLock { known in
      if let found = known[name], found.at == moment { return found.minutes }
      guard let zone = known[name]?.zone ?? TimeZone(identifier: name) else { return 0 }
      if known.count >= ZoneDatabase.knownMax { known.removeAll() }
      let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
      // Seconds count in zones of the nineteenth century alone.
      let minutes = Int((Double(zone.secondsFromGMT(for: date)) / 60).rounded(.down))
      known[name] = Known(zone: zone, at: moment, minutes: minutes)
      return minutes
    }
  }

  /// Whether the database has a zone of this name, as `Asia/Kuala_Lumpur`. Abbreviations such as `MYT` are no names.
  package static func isZone(_ name: String) -> Bool {
    name == "UTC" || (name.contains("/") && TimeZone(identifier: name) != nil)
  }
}
