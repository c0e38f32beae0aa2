/// A value that the argument parser refused, in the form of every other error: what was expected, and what was found.
struct RefusedValue {
  /// What is expected for a placeholder of options that take neither any text nor one of a few words.
  private static let expected = [
    "duration": "a duration such as 30d or 12h", "contacts": "a whole number", "lines": "a whole number",
    "minutes": "a whole number", "n": "a whole number", "n,n": "whole numbers separated by commas, such as 10,100",
    "name,name": "names of measures separated by commas, such as decision,cycle", "number": "a whole number",
    "percent": "a number such as 2.5",
    "seconds": "a number of seconds", "share": "a share such as 10%",
    "since": "a duration such as 24h, or a time such as 2026-11-22T09:00:00Z",
    "time": "a time such as 2026-11-22T09:00:00Z",
    "until": "a duration such as 1h, or a time such as 2026-11-22T09:00:00Z",
  ]

  /// `--now: expected a time such as 2026-11-22T09:00:00Z, found 'yesterday'`.
  let message: String

  /// Reads the parser's message about an argument of `page`. Nil for a message about anything but a refused value, and for an
  /// argument without a known expectation.
  init?(_ parserMessage: String, on page: CommandPage) {
    let (start, middle) = ("The value '", "' is invalid for '")
    // The value itself may contain the words in the middle, so the last occurrence counts.
    guard parserMessage.hasPrefix(start), let split = parserMessage.ranges(of: middle).last else { return nil }
    let value = parserMessage[..<split.lowerBound].dropFirst(start.count)
    let label = parserMessage[split.upperBound...].prefix { $0 != "'" }
    let name = String(label.prefix { $0 != " " })
    guard let argument = page.arguments.first(where: { $0.names.contains(name) || $0.label == label }),
      let expected = RefusedValue.expected(for: argument)
    else { return nil }
    message = "\(name): expected \(expected), found '\(value)'"
  }

  private static func expected(for argument: CommandArgument) -> String? {
    guard let last = argument.values.last else { return argument.value.flatMap { expected[$0] } }
    return argument.values.count == 1 ? last : argument.values.dropLast().joined(separator: ", ") + " or " + last
  }
}
