import Routing
import Testing

@testable import LuaSandbox

/// The queries over a set, compared with a simple implementation.
struct QueryTests {
  /// A row in the simple implementation.
  private struct Row {
    var major: Double
    var minor: Int64
    var isEligible: Bool
    var group: String
    var tags: [String]
  }

  @Test(arguments: (0..<40).map { UInt64(500 + $0) })
  func `queries agree with a linear search after any changes`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let count = [0, 1, 2, 7, 8, 9, 63, 64, 65, 200, 600][Int.random(in: 0..<11, using: &random)]
    var rows: [Row] = []
    let table = RowTable(schema: Toy.row, count: count, isOrdered: true)
    for place in 0..<count {
      rows.append(
        Row(
          major: Double(Int.random(in: 0...5, using: &random)) / 5, minor: Int64.random(in: 0...3, using: &random),
          isEligible: Int.random(in: 0..<3, using: &random) > 0,
          group: ["a", "b"].randomElement(using: &random)!,
          tags: ["x", "y", "z"].filter { _ in Bool.random(using: &random) }))
      table.setHead(place, id: "r\(place)", group: rows[place].group, tags: rows[place].tags)
      table.set(place, Toy.row.index(of: "id"), "r\(place)")
      table.setOrderUnbuilt(
        place, major: rows[place].major, minor: rows[place].minor, isEligible: rows[place].isEligible)
    }
    table.buildOrder()
    let sandbox = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
    try sandbox.load(
      Array(
        """
        local function ids(list) local t = {} for i, r in ipairs(list) do t[i] = r.id end return table.concat(t, ' ') end
        return { run = function(item, set)
          local f = { tag = 'x', group = 'a', except = 'r3' }
          local function id(r) return r and r.id or '-' end
          note(#set .. ' ' .. id(set[1]) .. ' ' .. id(set[#set + 1]))
          note(id(set:least()) .. ' ' .. id(set:least(f)) .. ' ' .. id(set:first()) .. ' ' .. id(set:first(f)))
          note(ids(set:open(f)))
          note(ids(set:candidates(7)))
          note(ids(set:candidates(5, f)))
          note(id(set:get('r5')) .. ' ' .. id(set:get('nobody')))
          return pass('done')
        end }
        """.utf8))
    for round in 0..<20 {
      if count > 0 {
        for _ in 0..<5 {
          let place = Int.random(in: 0..<count, using: &random)
          rows[place].major = Double(Int.random(in: 0...5, using: &random)) / 5
          rows[place].isEligible = Bool.random(using: &random)
          table.setOrder(place, major: rows[place].major, minor: rows[place].minor, isEligible: rows[place].isEligible)
        }
      }
      let order = rows.indices.filter { rows[$0].isEligible }
        .sorted { (rows[$0].major, rows[$0].minor, $0) < (rows[$1].major, rows[$1].minor, $1) }
      let passes = { (place: Int) in rows[place].group == "a" && rows[place].tags.contains("x") && place != 3 }
      let id = { (place: Int?) in place.map { "r\($0)" } ?? "-" }
      let ids = { (places: [Int]) in places.map { "r\($0)" }.joined(separator: " ") }
      let eligible = rows.indices.filter { rows[$0].isEligible }
      let subject = RowTable(schema: Toy.item, count: 1)
      let answer = sandbox.call(hook: 0, subject: subject, row: 0, set: table, now: 0, seed: 1)
      #expect(answer == .verdict(0, member: nil, seconds: nil, reason: "done"), "seed \(seed), round \(round)")
      let cut = { (text: String) in String(text.prefix(400)) }
      #expect(
        sandbox.notes == [
          "\(count) \(id(rows.indices.first)) -",
          "\(id(order.first)) \(id(order.first(where: passes))) \(id(eligible.first)) \(id(eligible.first(where: passes)))",
          cut(ids(eligible.filter(passes))), cut(ids(Array(order.prefix(7)))),
          cut(ids(Array(order.filter(passes).prefix(5)))), "\(count > 5 ? "r5" : "-") -",
        ], "seed \(seed), round \(round)")
      #expect(table.least == order.first)
    }
  }

  @Test func `a key keeps its row while other rows are added and removed`() throws {
    let sandbox = try Sandbox(vocabulary: Toy.vocabulary, limits: SandboxLimits(), scriptName: "toy")
    try sandbox.load(
      Array(
        """
        return { run = function(item, set)
          local without = set:hash(item.name).id
          for i = 1, #set do
            if set[i].id ~= without then
              assert(set:hash(item.name, { except = set[i] }).id == without, set[i].id)
            end
          end
          return pick(set:hash(item.name), 'hashed')
        end }
        """.utf8))
    let set = Toy.set(40)
    var chosen: [Int: Int] = [:]
    for contact in 0..<400 {
      let subject = RowTable(schema: Toy.item, count: 1)
      subject.set(0, Toy.item.index(of: "name"), "contact \(contact)")
      let answer = sandbox.call(hook: 0, subject: subject, row: 0, set: set, now: 0, seed: 1)
      guard case .verdict(1, let member?, _, _) = answer else {
        Issue.record("\(answer)")
        return
      }
      chosen[member, default: 0] += 1
    }
    #expect(chosen.count > 35, "400 keys spread over 40 rows: \(chosen.count)")
    #expect(chosen.values.max()! < 30)
  }

  @Test func `the index of a row may be a whole float, as in a Lua table`() throws {
    #expect(try Toy.answer(to: "return set[4 / 2].id") == .verdict(0, member: nil, seconds: nil, reason: "r2"))
    guard case .fault = try Toy.answer(to: "return set[1.5].id") else {
      Issue.record("a fractional index found a row")
      return
    }
  }
}
