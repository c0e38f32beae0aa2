/// The agreed list of everything that a script can reach by name; the program compares the actual environment with it
/// at start.
///
/// Whoever adds a name to the environment adds it here by hand, and considers what it lets scripts do.
package enum GoldenEnvironment {
  /// The expected lines of `Sandbox.environment`, including the verdicts of a vocabulary.
  package static func lines(verdicts: [String]) -> [String] {
    let globals = named + verdicts.map { "\($0) function" }
    return globals.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } + rest
  }

  /// A description of the first line that is unexpected or missing; nil when the environment matches.
  package static func difference(of sandbox: Sandbox, verdicts: [String]) -> String? {
    let (expected, found) = (lines(verdicts: verdicts), sandbox.environment)
    if expected == found { return nil }
    if let more = found.first(where: { !expected.contains($0) }) { return "'\(more)' is unexpected" }
    if let less = expected.first(where: { !found.contains($0) }) { return "'\(less)' is missing" }
    return "the names are in another order"
  }

  private static let named = split(
    """
    __length function
    __power function
    assert function
    contains function
    ends_with function
    error function
    glob function
    ipairs function
    local_time function
    math.abs function
    math.ceil function
    math.floor function
    math.fmod function
    math.huge number
    math.max function
    math.maxinteger number
    math.min function
    math.mininteger number
    math.modf function
    math.pi number
    math.sqrt function
    math.tointeger function
    math.type function
    math.ult function
    note function
    pairs function
    pcall function
    random function
    select function
    split function
    starts_with function
    string.byte function
    string.char function
    string.format function
    string.len function
    string.lower function
    string.rep function
    string.reverse function
    string.sub function
    string.upper function
    table.concat function
    table.insert function
    table.move function
    table.pack function
    table.remove function
    table.sort function
    table.unpack function
    tonumber function
    tostring function
    type function
    """)

  private static let rest = split(
    """
    now value
    params value
    ''.byte function
    ''.char function
    ''.format function
    ''.len function
    ''.lower function
    ''.rep function
    ''.reverse function
    ''.sub function
    ''.upper function
    """)

  private static func split(_ text: String) -> [String] { text.split(separator: "\n").map(String.init) }
}
