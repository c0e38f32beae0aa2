/// Invalid verdicts and devices, and answers with too much content.
extension HostileCorpus {
  static let forgeries: [HostileCase] = [
    .init("text as a verdict", .verdict, chunk: .harmless, body: "return 'D1'"),
    .init("a number as a verdict", .verdict, chunk: .harmless, body: "return 42"),
    .init("true as a verdict", .verdict, chunk: .harmless, body: "return true"),
    .init("a function as a verdict", .verdict, chunk: .harmless, body: "return function() return 'D1' end"),
    .init("a constructor as a verdict", .verdict, chunk: .harmless, body: "return use"),
    .init("a device as a verdict", .verdict, body: "return fleet[1]"),
    .init("the fleet as a verdict", .verdict, chunk: .harmless, body: "return fleet"),
    .init("the contact as a verdict", .verdict, chunk: .harmless, body: "return contact"),
    .init("a list as a verdict", .verdict, body: "return contact.tags"),
    .init(
      "a table made to look like a verdict", .verdict, chunk: .harmless,
      body: "return { outcome = 'use', device = 'D1' }"),
    .init("a verdict in a table", .verdict, body: "return { use('D1', 'x') }"),
    .init("an address as a verdict", .verdict, chunk: .harmless, body: "return 0x5000000000000000"),
    .init("a field of a verdict", .runtime, body: "return use('D1', 'x').device"),
    .init("a verdict as a device", .device, body: "return use(wait('x'), 'x')"),
    .init("no device to use", .device, body: "return use(nil, 'x')"),
    .init("no device to move to", .device, body: "return move()"),
    .init("a device that is not in the fleet", .device, body: "return use('X9', 'x')"),
    .init("an id in other letters", .device, body: "return use('d1', 'x')"),
    .init("an id with a zero byte behind it", .device, body: "return use('D1\\0', 'x')"),
    .init("an id with a space behind it", .device, body: "return move('D1 ', 'x')"),
    .init("an id of 4 KiB", .device, body: "return use(('D'):rep(4096), 'x')"),
    .init("an id that acts on a terminal", .device, body: "return use('\\27]0;pwned\\7\\u{202E}', 'x')"),
    .init("an empty id", .device, body: "return use('', 'x')"),
    .init("a place as a device", .device, body: "return use(1, 'x')"),
    .init("an address as a device", .device, body: "return use(0x3000000000000000, 'x')"),
    .init("a float as a device", .device, body: "return use(0/0, 'x')"),
    .init("the contact as a device", .device, body: "return use(contact, 'x')"),
    .init("the fleet as a device", .device, body: "return use(fleet, 'x')"),
    .init("a table as a device", .device, body: "return use({ id = 'D1' }, 'x')"),
    .init("a list of tags as a device", .device, body: "return use(fleet[1].tags, 'x')"),
    .init(
      "a hundred verdicts", .verdict, caught: .fault([.verdict]), body: "for i = 1, 100 do local v = wait('x') end"),
    .init("a verdict inside of a verdict", .verdict, body: "return wait(wait('x'))"),
    .init(
      harmless: "an answer with many others behind it",
      body: "local v = pcall(use, 'D1', 'x') return wait('harmless', 60), use('D1', 'x'), 1, 2",
      chunk: .fault([.runtime])),
    .init(
      harmless: "a verdict that is made and not given", body: "use('D1', 'x') move('D2', 'y') skip('z')",
      chunk: .fault([.runtime])),
  ]
}
