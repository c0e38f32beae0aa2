import Routing

/// The values that a parameter may have: an entry of `ranges` in a policy or guard.
package enum ParameterRange: Equatable, Sendable {
  /// Two finite numbers, `least` not above `most`; both belong to the range.
  case numbers(least: Scalar, most: Scalar)
  /// The texts to choose from, in file order; never empty.
  case choices([String])
  /// `'time_of_day'`: a number of hours from 0 to 24, or a text such as `'21:30'`. Scripts read the number of hours.
  case timeOfDay
  /// `'weekdays'`: names such as `'sat,sun'`, or digits such as `'67'`; empty for no day. Scripts read the digits in
  /// ascending order, 1 for Monday.
  case weekdays

  /// The texts that stand for a range in a file.
  static let formats: [(name: String, range: ParameterRange)] = [
    ("time_of_day", .timeOfDay), ("weekdays", .weekdays),
  ]

  /// Whether the parameter may have this value. 3 and 3.0 are the same number.
  package func contains(_ value: Scalar) -> Bool {
    switch (self, value) {
    case (.numbers(let least, let most), .integer), (.numbers(let least, let most), .number):
      !ParameterRange.isBelow(value, least) && !ParameterRange.isBelow(most, value)
    case (.choices(let choices), .text(let text)): choices.contains(text)
    case (.timeOfDay, _): ParameterRange.hours(value) != nil
    case (.weekdays, .text(let text)): ParameterRange.weekdays(text) != nil
    default: false
    }
  }

  /// The value that scripts read: the hours of a time of day, the digits of weekdays, every other value unchanged. The
  /// value must be in the range.
  func read(_ value: Scalar) -> Scalar {
    switch (self, value) {
    case (.timeOfDay, .text): ParameterRange.hours(value).map { .number($0) } ?? value
    case (.weekdays, .text(let text)): ParameterRange.weekdays(text).map { .text($0) } ?? value
    default: value
    }
  }

  /// Values to try, never none: the ends of a range of numbers, every choice, and the ends and both forms of a format.
  package var examples: [Scalar] {
    switch self {
    case .numbers(let least, let most): [least, most]
    case .choices(let choices): choices.map { .text($0) }
    case .timeOfDay: [.integer(0), .integer(24), .number(21.5), .text("00:00"), .text("08:30"), .text("24:00")]
    case .weekdays: [.text(""), .text("sat,sun"), .text("1"), .text("1234567")]
    }
  }

  /// What is expected, for messages: `a number from 0 to 86400`, `'a', 'b' or 'c'`.
  package var text: String {
    switch self {
    case .numbers(let least, let most): "a number from \(least.parameterText) to \(most.parameterText)"
    case .choices(let choices):
      choices.count == 1
        ? "'\(choices[0])'"
        : choices.dropLast().map { "'\($0)'" }.joined(separator: ", ") + " or '\(choices[choices.count - 1])'"
    case .timeOfDay: "a time of day: hours from 0 to 24, or a text such as '21:30'"
    case .weekdays: "weekdays such as 'sat,sun', or '67' with 1 for Monday; '' for none"
    }
  }

  /// The range in few words, for lists: `0 to 86400`, `'a', 'b'`, `time of day`.
  package var shortText: String {
    switch self {
    case .numbers(let least, let most): "\(least.parameterText) to \(most.parameterText)"
    case .choices(let choices): choices.map { "'\($0)'" }.joined(separator: ", ")
    case .timeOfDay: "time of day"
    case .weekdays: "weekdays"
    }
  }

  /// Compares two numbers; whole numbers exactly.
  static func isBelow(_ one: Scalar, _ other: Scalar) -> Bool {
    if case (.integer(let one), .integer(let other)) = (one, other) { return one < other }
    return one.double < other.double
  }

  // MARK: - Formats

  /// Hours from 0 to 24. Nil for any other value, also for a text such as `'9:75'` or `'24:01'`.
  static func hours(_ value: Scalar) -> Double? {
    switch value {
    case .integer, .number: return (0...24).contains(value.double) ? value.double : nil
    case .boolean: return nil
    case .text(let text):
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2, let hour = digits(parts[0], 1...2), parts.count == 1 || parts[1].utf8.count == 2,
        let minute = parts.count == 1 ? 0 : digits(parts[1], 2...2), minute < 60, hour * 60 + minute <= 24 * 60
      else { return nil }
      return Double(hour * 60 + minute) / 60
    }
  }

  /// The digits of the weekdays in ascending order. Nil for a text that names something else.
  static func weekdays(_ text: String) -> String? {
    let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    let long = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    var days: Set<Int> = []
    if text.utf8.allSatisfy({ (UInt8(ascii: "1")...UInt8(ascii: "7")).contains($0) }) {
      for digit in text.utf8 { days.insert(Int(digit - UInt8(ascii: "0"))) }
    } else {
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let name = String(part.drop { $0 == " " }.prefix { $0 != " " })
        let isTrimmed = part.allSatisfy { $0 == " " || $0.isLetter } && part.split(separator: " ").count == 1
        guard isTrimmed, let day = names.firstIndex(of: name.lowercased()) ?? long.firstIndex(of: name.lowercased())
        else { return nil }
        days.insert(day + 1)
      }
    }
    return days.sorted().map(String.init).joined()
  }

  private static func digits(_ text: Substring, _ count: ClosedRange<Int>) -> Int? {
    guard count.contains(text.utf8.count),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(text)
  }
}

extension Scalar {
  /// The value in messages: `300`, `true`, `'text'`.
  package var parameterText: String {
    switch self {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): Double(Int64(exactly: value) ?? .min) == value ? "\(Int64(value))" : "\(value)"
    case .text(let value): "'\(value)'"
    }
  }

  /// The number; 0 for a value that is no number.
  fileprivate var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .boolean, .text: 0
    }
  }
}
