/// Reasons, notes, messages and waits: texts for people, and durations.
extension HostileCorpus {
  static let texts: [HostileCase] = [
    .init("a reason that is a table", .verdict, chunk: .fault([.runtime]), body: "return use(fleet[1], {})"),
    .init("a reason that is a number", .verdict, body: "return wait(42)"),
    .init("a reason that is a device", .verdict, body: "return wait(fleet[1])"),
    .init("a reason that is true", .verdict, body: "return skip(true)"),
    .init("an error with a table", .runtime, body: "error({})"),
    .init("an error with nothing", .runtime, body: "error()"),
    .init("an error with a number", .runtime, body: "error(42)"),
    .init("an error with a device", .runtime, body: "error(fleet[1])"),
    .init("an error of 4 KiB", .runtime, body: "error(('x'):rep(4000))"),
    .init(
      "an error that acts on a terminal", .runtime, body: "error('\\27[31m\\27]0;pwned\\7\\r\\n\\u{202E}\\u{200B}')"),
    .init("an error that is not UTF-8", .runtime, body: "error('\\xFF\\xC0\\x80\\xED\\xA0\\x80\\xF5')"),
    .init("an error that names another place", .runtime, body: "error('other:1: not mine', 0)"),
    .init("an error with an empty message", .runtime, body: "error('', 0)"),
    .init("an assertion with a table", .runtime, body: "assert(false, {})"),
    .init("an assertion with nothing", .runtime, body: "assert()"),
    .init(
      harmless: "a note of nothing at all", body: "note(nil) note(false) note(0/0) note({}) note(note)",
      chunk: .fault([.runtime])),
    .init("a note without its value", .runtime, body: "note()"),
    .init(harmless: "notes of 4 KiB", body: "for i = 1, 100 do note(('n'):rep(4096)) end", chunk: .fault([.runtime])),
  ]

  static let waits: [HostileCase] = [
    .init("a wait of NaN", .verdict, body: "return wait('x', 0/0)"),
    .init("a wait less than nothing", .verdict, body: "return wait('x', -1)"),
    .init("a wait a little less than nothing", .verdict, body: "return wait('x', -5e-324)"),
    .init("a wait without end", .verdict, body: "return wait('x', math.huge)"),
    .init("a wait that ended long ago", .verdict, body: "return wait('x', -math.huge)"),
    .init("a wait of a million years", .verdict, body: "return wait('x', 1e15)"),
    .init("a wait of the largest integer", .verdict, body: "return wait('x', math.maxinteger)"),
    .init("a wait of the least integer", .verdict, body: "return wait('x', math.mininteger)"),
    .init("a wait of one second too many", .verdict, body: "return wait('x', 31622401)"),
    .init("a wait of text", .verdict, body: "return wait('x', '60')"),
    .init("a wait of a table", .verdict, body: "return wait('x', {})"),
    .init("a wait of a device", .verdict, body: "return wait('x', fleet[1])"),
  ]
}
