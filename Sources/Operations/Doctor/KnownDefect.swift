import Routing

/// A known defect of a linked library, and what contains it.
struct KnownDefect {
  /// `partly`: a part remains, which `why` names. `absent`: this version of the library does not have the defect.
  enum State: String { case contained, partly, absent }

  /// The library.
  let part: String
  let name: String
  let state: State
  let why: String

  /// The defects of Lua were found in 5.4.4 as Debian 12 ships it, or by reading its source. Other versions of 5.4 have some of
  /// them; what contains them does not depend on the version.
  private static let lua: [KnownDefect] = [
    KnownDefect(
      part: "Lua", name: "use after free in __concat", state: .contained,
      why: "scripts cannot set metatables; a table's own have no __concat"),
    KnownDefect(
      part: "Lua", name: "C stack overflow when coroutines are closed", state: .contained,
      why: "no coroutines, no to-be-closed variables"),
    KnownDefect(
      part: "Lua", name: "use after free in luaV_finishset with weak tables", state: .contained,
      why: "scripts cannot set metatables, so that no table is weak"),
    KnownDefect(
      part: "Lua", name: "memory error outside a protected call in luaD_seterrorobj", state: .contained,
      why: "every call is protected, and memory is kept back for reporting a failure"),
    KnownDefect(
      part: "Lua", name: "wrong code for a | (b or c) after 256 constants", state: .partly,
      why: "the code stays wrong; the stack is cleared before each call, so that it is wrong in the same way every time"
    ),
    KnownDefect(
      part: "Lua", name: "break skips a to-be-closed variable", state: .contained, why: "no to-be-closed variables"),
    KnownDefect(
      part: "Lua", name: "hashes of text follow clock and addresses", state: .contained,
      why: "pairs sorts, lengths follow from the content"),
    KnownDefect(
      part: "Lua", name: "text of not-a-number is nan or -nan by processor", state: .partly,
      why: "check x == x before such a number becomes text"),
  ]

  static func all(_ sqlite: EngineFacts) -> [KnownDefect] {
    lua + [
      KnownDefect(
        part: "SQLite", name: "WAL-reset race (3.7.0 to 3.51.2)", state: sqlite.hasResetRace ? .partly : .absent,
        why: sqlite.hasResetRace
          ? "one process runs on a store and writes on one connection; a command that writes at the same time could trigger the race. "
            + "SQLite 3.51.3 is free of it; keep backups"
          : "fixed in this version")
    ]
  }
}
