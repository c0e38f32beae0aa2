/// A point in time, as whole milliseconds since 1970-01-01T00:00:00Z. Usher uses no other form of time internally; only
/// tenants and contacts have time zones.
package struct Instant: Hashable, Comparable, Sendable {
  /// Milliseconds since the epoch; negative before it.
  package let milliseconds: Int64

  /// Milliseconds since the epoch. Not checked; times outside `earliest` to `latest` do not print correctly.
  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// Chronological order.
  package static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }

  /// 0001-01-01T00:00:00Z. With `latest`, 9999-12-31T23:59:59.999Z, the range that is printed as RFC 3339.
  package static let earliest = Instant(milliseconds: -62_135_596_800_000)
  /// The last millisecond of the year 9999.
  package static let latest = Instant(milliseconds: 253_402_300_799_999)

  /// This time plus `milliseconds`; limited to `earliest` and `latest`.
  package func advanced(byMilliseconds delta: Int64) -> Instant {
    let (sum, overflow) = milliseconds.addingReportingOverflow(delta)
    if overflow { return delta < 0 ? .earliest : .latest }
    return min(max(Instant(milliseconds: sum), .earliest), .latest)
  }

  /// This time plus seconds, which may be negative; limited to `earliest` and `latest`.
  package func advanced(bySeconds seconds: Int64) -> Instant {
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    return advanced(byMilliseconds: overflow ? (seconds < 0 ? .min : .max) : product)
  }
}

extension Instant {
  /// Parses RFC 3339 (`2026-11-22T09:00:00Z`, `2026-11-22T17:00:00.250+08:00`). Strict: years have four digits, an offset
  /// is required, and days that do not exist are rejected. Returns nil for anything else.
  package init?(rfc3339 text: String) {
    var scan = DigitScanner(bytes: Array(text.utf8))
    guard let year = scan.number(digits: 4), scan.take("-"),
      let month = scan.number(digits: 2), scan.take("-"),
      let day = scan.number(digits: 2), scan.take("T") || scan.take("t") || scan.take(" "),
      let hour = scan.number(digits: 2), scan.take(":"),
      let minute = scan.number(digits: 2), scan.take(":"),
      let second = scan.number(digits: 2),
      (1...12).contains(month), (1...Instant.daysIn(month: month, year: year)).contains(day),
      hour < 24, minute < 60, second < 60,
      let fraction = scan.fractionMilliseconds(),
      let offsetMinutes = scan.offsetMinutes(), scan.isAtEnd
    else { return nil }
    let days = Instant.daysSinceEpoch(year: year, month: month, day: day)
    let minutes = Int64(days) * 1440 + Int64(hour * 60 + minute - offsetMinutes)
    self.init(milliseconds: (minutes * 60 + Int64(second)) * 1000 + Int64(fraction))
    // An offset can move the time out of the four-digit years; the result could be printed but not parsed again.
    guard Instant.writable.contains(milliseconds) else { return nil }
  }

  /// The milliseconds of the years 0000 to 9999 in UTC.
  private static let writable =
    Int64(daysSinceEpoch(year: 0, month: 1, day: 1)) * 86_400_000..<Int64(
      daysSinceEpoch(year: 10_000, month: 1, day: 1)) * 86_400_000

  /// RFC 3339 in UTC; milliseconds are printed only if they are not zero.
  package var rfc3339: String {
    let (days, inDay) = milliseconds.flooredDivision(by: 86_400_000)
    let (year, month, day) = Instant.civil(daysSinceEpoch: Int(days))
    let seconds = Int(inDay / 1000)
    let fraction = Int(inDay % 1000)
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let time = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return date + "T" + time + (fraction == 0 ? "" : "." + padded(fraction, 3)) + "Z"
  }

  // Proleptic Gregorian calendar by Howard Hinnant's `days_from_civil` and `civil_from_days`
  // (https://howardhinnant.github.io/date_algorithms.html).
  private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func civil(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
    let z = daysSinceEpoch + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func daysIn(month: Int, year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

private func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

/// Scans the fixed-width fields of a timestamp from left to right.
private struct DigitScanner {
  let bytes: [UInt8]
  var index = 0

  var isAtEnd: Bool { index == bytes.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  mutating func number(digits: Int) -> Int? {
    guard index + digits <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[index..<index + digits] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    index += digits
    return value
  }

  /// `.25` is 250; no fraction is 0; digits after the third are dropped; `.` alone is nil.
  mutating func fractionMilliseconds() -> Int? {
    guard take(".") else { return 0 }
    var value = 0
    var count = 0
    while let digit = number(digits: 1) {
      if count < 3 { value = value * 10 + digit }
      count += 1
    }
    guard count > 0 else { return nil }
    for _ in min(count, 3)..<3 { value *= 10 }
    return value
  }

  mutating func offsetMinutes() -> Int? {
    if take("Z") || take("z") { return 0 }
    let sign = take("+") ? 1 : (take("-") ? -1 : 0)
    guard sign != 0, let hours = number(digits: 2), take(":"), let minutes = number(digits: 2),
      hours < 24, minutes < 60
    else { return nil }
    return sign * (hours * 60 + minutes)
  }
}
