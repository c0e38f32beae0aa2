@testable import LuaSandbox

/// A vocabulary without devices, because the sandbox knows none.
enum Toy {
  static let row = RowSchema(
    noun: "row",
    fields: [
      .init("id", .text), .init("name", .text), .init("size", .integer), .init("share", .number),
      .init("open", .boolean), .init("tags", .list), .init("facts", .map),
    ], aliases: [.init("bulk", of: "size")])
  static let item = RowSchema(
    noun: "item", fields: [.init("name", .text), .init("home", .member), .init("facts", .map)])

  static let vocabulary = ScriptVocabulary(
    setNoun: "set", scriptNoun: "policy", hooks: [.init("run", isRequired: true)],
    verdicts: [
      .init("pass", takesSeconds: true), .init("pick", takesMember: true),
      .init("queue", takesTarget: true, takesSeconds: true),
    ],
    queries: [
      ("get", .get), ("least", .least), ("first", .first), ("open", .eligible), ("candidates", .candidates),
      ("hash", .hash),
    ],
    filter: .init(tag: "tag", group: "group", except: "except"), longestSeconds: 1000, schemas: [row, item])

  /// Rows `r1` to `rN`, ordered by index, every third tagged.
  static func set(_ count: Int) -> RowTable {
    let table = RowTable(schema: row, count: count, isOrdered: true)
    for place in 0..<count {
      table.setHead(
        place, id: "r\(place + 1)", group: place % 2 == 0 ? "even" : "odd", tags: place % 3 == 0 ? ["third"] : [])
      table.set(place, row.index(of: "id"), "r\(place + 1)")
      table.setOrderUnbuilt(place, major: Double(place), minor: 0, isEligible: true)
    }
    table.buildOrder()
    return table
  }

  static func call(_ sandbox: Sandbox, rows: Int, seed: UInt64 = 1) -> ScriptAnswer {
    let subject = RowTable(schema: item, count: 1)
    subject.set(0, item.index(of: "name"), "subject")
    subject.set(0, item.index(of: "home"), member: 0)
    return sandbox.call(hook: 0, subject: subject, row: 0, set: set(rows), now: 1000, seed: seed)
  }

  /// The answer of a hook whose body returns a string; the string becomes the reason.
  static func answer(to body: String, seed: UInt64 = 1) throws -> ScriptAnswer {
    let sandbox = try Sandbox(vocabulary: vocabulary, limits: SandboxLimits(), scriptName: "toy")
    try sandbox.load(
      Array(
        "local function body(row, set) \(body) end return { run = function(row, set) return pass(body(row, set)) end }"
          .utf8))
    return call(sandbox, rows: 3, seed: seed)
  }
}

/// A hook's answer with everything that belongs to it.
enum ScriptAnswer: Equatable {
  case verdict(Int, member: Int?, seconds: Double?, reason: String)
  case none
  case fault(ScriptFault)
}

extension Sandbox {
  func call(hook: Int, subject: RowTable, row: Int, set: RowTable, now: Int64, seed: UInt64) -> ScriptAnswer {
    switch ask(hook: hook, subject: subject, row: row, set: set, now: now, seed: seed) {
    case .verdict(let form, let member, let seconds):
      .verdict(form, member: member, seconds: seconds, reason: reason ?? "")
    case .none: .none
    case .fault: .fault(fault)
    }
  }
}
