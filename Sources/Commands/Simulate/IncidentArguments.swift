import ArgumentParser
import DryRun
import Operations

/// Parses incidents from the command line. An id may contain any character, so the parts after it are parsed from the end.
enum IncidentArguments {
  /// `DEVICE`, `DEVICE@FROM`, `DEVICE@FROM-TO`.
  static func offline(_ text: String) throws -> Scenario.Happening {
    guard let (device, times) = split(text, at: "@") else { return .offline(device: text, from: nil, to: nil) }
    if let from = SimulatedTime(times) { return .offline(device: device, from: from, to: nil) }
    // A full time contains a hyphen too.
    for dash in times.indices where times[dash] == "-" {
      if let from = SimulatedTime(String(times[..<dash])),
        let to = SimulatedTime(String(times[times.index(after: dash)...]))
      {
        return .offline(device: device, from: from, to: to)
      }
    }
    throw wrong("--offline", "DEVICE@FROM-TO, such as D1@10:00-12:00 or D1@+2h-+4h", text)
  }

  /// `DEVICE`, `DEVICE@TIME`.
  static func retire(_ text: String) throws -> Scenario.Happening {
    guard let (device, time) = split(text, at: "@") else { return .retire(device: text, at: nil) }
    guard let at = SimulatedTime(time) else { throw wrong("--retire", "DEVICE@TIME, such as D3@11:00", text) }
    return .retire(device: device, at: at)
  }

  /// `DEVICE=N/h`, `DEVICE=N/h@TIME`.
  static func cap(_ text: String) throws -> Scenario.Happening {
    let expected = "DEVICE=N/m, /h or /d, such as D2=20/h or D2=20/h@11:00"
    guard let (device, value) = split(text, at: "=") else { throw wrong("--cap", expected, text) }
    let parts = value.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let rate = rate(parts[0]), rate.count >= 0 else { throw wrong("--cap", expected, text) }
    guard parts.count > 1 else { return .cap(device: device, limit: rate.count, per: rate.per, at: nil) }
    guard let at = SimulatedTime(String(parts[1])) else { throw wrong("--cap", expected, text) }
    return .cap(device: device, limit: rate.count, per: rate.per, at: at)
  }

  /// `N/h`, `SEQUENCE=N/h`.
  static func arrivals(_ text: String) throws -> Scenario.Happening {
    let parts = split(text, at: "=")
    guard let rate = rate((parts?.1 ?? text)[...]), rate.count >= 1 else {
      throw wrong("--arrivals", "N/m, /h or /d, 1 or more, such as 500/h or acme/welcome=500/h", text)
    }
    return .arrivals(sequence: parts?.0, count: rate.count, per: rate.per)
  }

  private static func rate(_ text: Substring) -> (count: Int, per: Incident.Window)? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[0].allSatisfy({ ("0"..."9").contains($0) }),
      let count = Int(parts[0]), count <= Scenario.limitMax, let per = Incident.Window(letter: parts[1])
    else { return nil }
    return (count, per)
  }

  /// Splits at the last `sign`; nil if it is missing or has nothing before it.
  private static func split(_ text: String, at sign: Character) -> (String, String)? {
    guard let place = text.lastIndex(of: sign), place > text.startIndex else { return nil }
    return (String(text[..<place]), String(text[text.index(after: place)...]))
  }

  private static func wrong(_ option: String, _ expected: String, _ found: String) -> ValidationError {
    ValidationError("\(option): expected \(expected); found '\(found)'")
  }
}
