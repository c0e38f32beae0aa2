import DryRun
import Operations
import Routing

/// What happens while a simulation runs, as it was asked for on the command line and in a file.
struct Scenario {
  enum Happening: Equatable {
    case offline(device: String, from: SimulatedTime?, to: SimulatedTime?)
    case retire(device: String, at: SimulatedTime?)
    case cap(device: String, limit: Int, per: Drill.Window, at: SimulatedTime?)
    case arrivals(sequence: String?, count: Int, per: Drill.Window)
  }

  /// A happening and where it was asked for: what an error names.
  struct Entry: Equatable {
    let place: String
    let happening: Happening
  }

  /// What it comes to for one start and end.
  struct Plan {
    var drills: [Drill] = []
    var arrivals: [Arrivals] = []
    /// Stretches in which a device is out, for drawings.
    var outages: [(from: Instant, to: Instant, device: String)] = []
  }

  private(set) var entries: [Entry] = []

  static let limitMax = 1_000_000_000

  mutating func add(_ happening: Happening, at place: String) {
    entries.append(Entry(place: place, happening: happening))
  }

  /// Throws a `Problem` for a time that is not within the run.
  func plan(start: Instant, end: Instant) throws -> Plan {
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
        plan.drills.append(Drill(device: device, at: begin, change: .goOffline))
        let back = to.map { $0.moment(start: start, from: begin) }
        if let back {
          guard back > begin else {
            throw Problem(
              .stalePlan, "\(entry.place): expected an outage that ends after \(begin.rfc3339), found \(back.rfc3339)")
          }
          plan.drills.append(Drill(device: device, at: back, change: .comeBack))
        }
        plan.outages.append((begin, min(back ?? end, end), device))
      case .retire(let device, let at):
        plan.drills.append(Drill(device: device, at: try moment(at, start), change: .retire))
      case .cap(let device, let limit, let window, let at):
        plan.drills.append(Drill(device: device, at: try moment(at, start), change: .cap(window, limit)))
      case .arrivals(let sequence, let count, let window):
        plan.arrivals.append(Arrivals(sequence: sequence, count: count, perMilliseconds: window.milliseconds))
      }
    }
    return plan
  }
}

extension Drill.Window {
  var milliseconds: Int64 {
    switch self {
    case .minute: RecentSends.minute
    case .hour: RecentSends.hour
    case .day: RecentSends.day
    }
  }

  /// `m`, `h`, `d` on the command line.
  init?(letter: Substring) {
    switch letter {
    case "m": self = .minute
    case "h": self = .hour
    case "d": self = .day
    default: return nil
    }
  }
}
