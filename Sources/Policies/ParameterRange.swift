import Routing

/// The values that a parameter may have: an entry of `ranges` in a policy or guard.
package enum ParameterRange: Equatable, Sendable {
  /// Two finite numbers, `least` not above `most`; both belong to the range.
  case numbers(least: Scalar, most: Scalar)
  /// The texts to choose from, in file order; never empty.
  case choices([String])
  /// `'time_of_day'`: hours from 0 to 24 in quarters, such as 21.5, or a text such as `'21:30'`. Scripts read the number
  /// of hours. Other fractions are refused: 22.3 hours are 22:18, and who writes 22.30 means 22:30.
  case timeOfDay
  /// `'weekdays'`: days of the week, Monday to Sunday, as names, digits or ranges of them: `'sat,sun'`, `'mon-fri'`,
  /// `'1-5'`, `'67'`; empty for no day. Scripts read the digits in ascending order, 1 for Monday.
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
    case .weekdays: [.text(""), .text("sat,sun"), .text("mon-fri"), .text("1"), .text("1234567")]
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
    case .timeOfDay: "a time of day: hours from 0 to 24 in quarters such as 21.5, or a text such as '21:30'"
    case .weekdays: "weekdays such as 'mon-fri', 'sat,sun' or '1-5', with 1 for Monday; '' for none"
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

  /// What to do about a value outside the range: `set a value that fits`. For a fraction of an hour that is no quarter,
  /// the times that may be meant.
  package func hint(for value: Scalar) -> String {
    let times = self == .timeOfDay ? ParameterRange.timesMeant(by: value) : []
    guard let nearest = times.first else { return "set a value that fits" }
    let hours = value.parameterText.filter { $0 != "'" }
    return "\(hours) hours are \(nearest); write \(times.map { "'\($0)'" }.joined(separator: " or "))"
  }

  /// The value as people read it, if scripts read another one than the operator wrote: `21:30` for 21.5, `mon, tue` for
  /// `'1-2'`, `no day` for `''`. Nil for every other range, and for a value outside the range.
  package func spelledOut(_ value: Scalar) -> String? {
    guard contains(value) else { return nil }
    switch (self, value) {
    case (.timeOfDay, _): return ParameterRange.hours(value).map(ParameterRange.time)
    case (.weekdays, .text(let text)):
      let days = ParameterRange.weekdays(text)?.utf8.map { dayNames[Int($0 - UInt8(ascii: "1"))].short } ?? []
      return days.isEmpty ? "no day" : days.count == 7 ? "every day" : days.joined(separator: ", ")
    default: return nil
    }
  }

  /// Compares two numbers; whole numbers exactly.
  static func isBelow(_ one: Scalar, _ other: Scalar) -> Bool {
    if case (.integer(let one), .integer(let other)) = (one, other) { return one < other }
    return one.double < other.double
  }

  // MARK: - Formats

  /// Hours from 0 to 24, as a number only in quarters. Nil for any other value, also for a text such as `'9:75'` or
  /// `'24:01'`.
  static func hours(_ value: Scalar) -> Double? {
    switch value {
    case .integer, .number:
      return (0...24).contains(value.double) && (value.double * 4).rounded() == value.double * 4 ? value.double : nil
    case .boolean: return nil
    case .text(let text):
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count <= 2, let hour = digits(parts[0], 1...2), parts.count == 1 || parts[1].utf8.count == 2,
        let minute = parts.count == 1 ? 0 : digits(parts[1], 2...2), minute < 60, hour * 60 + minute <= 24 * 60
      else { return nil }
      return Double(hour * 60 + minute) / 60
    }
  }

  /// `21:30` for 21.5; rounded to a minute.
  private static func time(_ hours: Double) -> String {
    let minutes = Int((hours * 60).rounded())
    let minute = minutes % 60
    return "\(minutes / 60):\(minute < 10 ? "0" : "")\(minute)"
  }

  /// What a fraction of an hour may stand for, the nearest time first: 22:18 and 22:30 for 22.3. Empty for a value that
  /// is no fraction from 0 to 24, or is a quarter.
  private static func timesMeant(by value: Scalar) -> [String] {
    let written: Double? =
      switch value {
      case .number(let number): number
      case .text(let text): text.contains(".") ? Double(text) : nil
      case .integer, .boolean: nil
      }
    guard let written, (0...24).contains(written) else { return [] }
    let nearest = time(written)
    let minutes = ((written - written.rounded(.down)) * 100).rounded()
    guard minutes < 60 else { return [nearest] }
    let other = time(written.rounded(.down) + minutes / 60)
    return nearest == other ? [nearest] : [nearest, other]
  }

  /// The digits of the weekdays in ascending order. Nil for a text that names something else.
  static func weekdays(_ text: String) -> String? {
    var days: Set<Int> = []
    if text.utf8.allSatisfy({ (UInt8(ascii: "1")...UInt8(ascii: "7")).contains($0) }) {
      for digit in text.utf8 { days.insert(Int(digit - UInt8(ascii: "0"))) }
    } else {
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(weekday)
        guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1] else { return nil }
        // A range may include the end of the week: Friday to Monday.
        for ahead in 0...((last - first + 7) % 7) { days.insert((first - 1 + ahead) % 7 + 1) }
      }
    }
    return days.sorted().map(String.init).joined()
  }

  /// The number of a day, 1 for Monday: `mon`, `Monday` or `1`, with spaces around it. Nil for another text.
  private static func weekday(_ text: Substring) -> Int? {
    let words = text.split(separator: " ")
    guard words.count == 1 else { return nil }
    let word = words[0].lowercased()
    if let index = dayNames.firstIndex(where: { $0.short == word || $0.long == word }) { return index + 1 }
    return digits(words[0], 1...1).flatMap { (1...7).contains($0) ? $0 : nil }
  }

  private static func digits(_ text: Substring, _ count: ClosedRange<Int>) -> Int? {
    guard count.contains(text.utf8.count),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(text)
  }
}

private let dayNames: [(short: String, long: String)] = [
  ("mon", "monday"), ("tue", "tuesday"), ("wed", "wednesday"), ("thu", "thursday"), ("fri", "friday"),
  ("sat", "saturday"), ("sun", "sunday"),
]

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
