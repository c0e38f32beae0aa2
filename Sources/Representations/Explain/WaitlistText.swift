import Policies
import Routing

/// Forecasts of waitlists in sentences.
struct WaitlistText {
  let devices: DeviceText
  let time: (Instant) -> String

  /// `At 80 an hour it is served at about 15:10 UTC.`, or why there is no estimate.
  func sentence(_ forecast: WaitlistForecast) -> String {
    guard let at = forecast.servedAt else {
      let reason = forecast.obstacle.map(words) ?? ""
      return switch forecast.obstacle {
      case .refused(_, .paused): "It is not served before the pause ends: \(reason)."
      case .limitOfZero, .bulkShare(0): "It is never served: \(reason)."
      default: "It is unknown when it is served: \(reason)."
      }
    }
    let rate = forecast.perHour.map { "At \(WaitlistText.rate($0)) it" } ?? "It"
    return "\(rate) is served at about \(time(at))."
  }

  /// Why there is no estimate.
  func words(_ obstacle: WaitlistForecast.Obstacle) -> String {
    switch obstacle {
    case .noDevice: "no device of this waitlist is in service"
    case .refused(let device, let refusal):
      "\(devices.name(device)) is \(devices.refusal(refusal, of: device, freeAt: nil))"
    case .noneSends(let count): "none of its \(count) devices is online and not paused"
    case .limitOfZero: "a limit of 0 keeps its devices from accepting messages"
    case .limits: "at the limits of its devices it takes more than a year"
    case .bulkShare(0): "the tenant's bulk_share of 0 % leaves bulk messages nothing of the limits"
    case .bulkShare(let percent):
      "at the \(percent) % of the limits that the tenant's bulk_share leaves to bulk messages it takes more than a year"
    case .inactiveSequences: "the sequences of its contacts are not active"
    }
  }

  /// `80 an hour`, `2.5 an hour`; below one an hour, `12 a day`.
  static func rate(_ perHour: Double) -> String {
    func text(_ rate: Double) -> String {
      let tenths = (rate * 10).rounded() / 10
      return rate >= 10 || tenths == tenths.rounded() ? "\(Int(rate.rounded()))" : "\(tenths)"
    }
    return perHour >= 1 ? "\(text(perHour)) an hour" : "\(text(perHour * 24)) a day"
  }

  /// `1st`, `2nd`, `11th`, `412th`.
  static func ordinal(_ number: Int) -> String {
    let isTeen = (11...13).contains(number % 100)
    return switch number % 10 {
    case 1 where !isTeen: "\(number)st"
    case 2 where !isTeen: "\(number)nd"
    case 3 where !isTeen: "\(number)rd"
    default: "\(number)th"
    }
  }
}
