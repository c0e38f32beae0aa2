import DryRun
import Routing

/// The incidents of a simulation, from the command line, a file, or both.
package struct Scenario: Sendable {
  /// One incident, or arriving leads. A time of nil is the start; an outage without an end lasts to the end of the run.
  package enum Happening: Equatable, Sendable {
    case offline(device: String, from: SimulatedTime?, to: SimulatedTime?)
    case retire(device: String, at: SimulatedTime?)
    case cap(device: String, limit: Int, per: Incident.Window, at: SimulatedTime?)
    case arrivals(sequence: String?, count: Int, per: Incident.Window)
  }

  /// An incident and its origin, which errors name.
  private struct Entry: Sendable {
    let place: String
    let happening: Happening
  }

  /// The time during which a device is offline, for charts.
  package struct Outage: Sendable {
    /// When the device goes offline.
    package let from: Instant
    /// When it comes back, or the end of the run if that is earlier.
    package let to: Instant
    /// The id as the user gave it; not yet looked up.
    package let device: String
  }

  /// The incidents of one run, with their times.
  package struct Plan: Sendable {
    /// In the order given, not sorted by time; an outage with an end has two.
    package fileprivate(set) var incidents: [Incident] = []
    /// In the order given; each lasts for the whole run.
    package fileprivate(set) var arrivals: [Arrivals] = []
    /// For charts; `incidents` already contains their effect.
    package fileprivate(set) var outages: [Outage] = []
  }

  private var entries: [Entry] = []

  /// The largest cap or rate of arrivals.
  package static let limitMax = 1_000_000_000

  /// A scenario without incidents.
  package init() {}

  /// Appends an incident. `place`: its origin, which errors name.
  package mutating func add(_ happening: Happening, at place: String) {
    entries.append(Entry(place: place, happening: happening))
  }

  /// Appends all incidents of another scenario.
  package mutating func add(_ other: Scenario) { entries += other.entries }

  /// Computes the times for one start and end. Throws a `Problem` for a time outside the run.
  package func plan(start: Instant, end: Instant) throws -> Plan {
    var plan = Plan()
    for entry in entries {
      let moment = { (time: SimulatedTime?, from: Instant) throws -> Instant in
        guard let time else { return from }
        let moment = time.moment(start: start, from: from)
        guard moment >= from, moment < end else {
          throw Problem(
            .invalidInput,
            "\(entry.place): expected a time from \(from.rfc3339) to before \(end.rfc3339), found \(time.text)"
              + (moment.rfc3339 == time.text ? "" : ", which is \(moment.rfc3339)"))
        }
        return moment
      }
      switch entry.happening {
      case .offline(let device, let from, let to):
        let begin = try moment(from, start)
        plan.incidents.append(Incident(device: device, at: begin, change: .goOffline))
        let back = to.map { $0.moment(start: start, from: begin) }
        if let back {
          guard back > begin else {
            throw Problem(
              .invalidInput,
              "\(entry.place): expected an outage that ends after \(begin.rfc3339), found \(back.rfc3339)")
          }
          plan.incidents.append(Incident(device: device, at: back, change: .comeBack))
        }
        plan.outages.append(Outage(from: begin, to: min(back ?? end, end), device: device))
      case .retire(let device, let at):
        plan.incidents.append(Incident(device: device, at: try moment(at, start), change: .retire))
      case .cap(let device, let limit, let window, let at):
        plan.incidents.append(Incident(device: device, at: try moment(at, start), change: .cap(window, limit)))
      case .arrivals(let sequence, let count, let window):
        plan.arrivals.append(Arrivals(sequence: sequence, count: count, perMilliseconds: window.milliseconds))
      }
    }
    return plan
  }
}

extension Incident.Window {
  /// The length of the window.
  package var milliseconds: Int64 {
    switch self {
    case .minute: RecentSends.minute
    case .hour: RecentSends.hour
    case .day: RecentSends.day
    }
  }

  /// `m`, `h`, `d` on the command line; nil for anything else.
  package init?(letter: Substring) {
    switch letter {
    case "m": self = .minute
    case "h": self = .hour
    case "d": self = .day
    default: return nil
    }
  }
}
