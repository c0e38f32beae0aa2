import Testing

/// Files of the maximum size that keep the compiler busy, during which no hook can run.
enum HostileFiles {
  struct File: CustomTestStringConvertible, Sendable {
    let name: String
    let source: String
    var testDescription: String { name }
  }

  static let all: [File] = [
    .init(
      name: "branches",
      source: "return { select = function(a)\nif a then" + String(repeating: "\nelseif a then", count: 3500)
        + "\nend end }"),
    .init(
      name: "gotos",
      source: "return { select = function() do\n" + String(repeating: "goto z\n", count: 9000) + "::z:: end end }"),
    .init(
      name: "labels", source: "return { select = function()\n" + (0..<4000).map { "::l\($0)::\n" }.joined() + "end }"),
    .init(name: "names looked up through many functions", source: nested),
    .init(name: "parentheses", source: "return " + String(repeating: "(", count: 60_000)),
    .init(name: "one long text", source: "return '" + String(repeating: "x", count: 65_000) + "'"),
    .init(name: "constants", source: "return {" + (0..<9000).map { "\($0).5," }.joined() + "}"),
    .init(name: "one long expression", source: "local a = 1 return a" + String(repeating: "..a", count: 200)),
  ]

  /// Each name is searched among the 190 locals of each of 60 enclosing functions.
  private static var nested: String {
    let locals = "local " + Array(repeating: "a", count: 190).joined(separator: ",") + " "
    let depth = 80
    let opening = String(repeating: "return function() " + locals, count: depth)
    let closing = String(repeating: " end", count: depth)
    let room = 65_000 - opening.utf8.count - closing.utf8.count
    return opening + String(repeating: "b()", count: room / 3) + closing
  }
}
