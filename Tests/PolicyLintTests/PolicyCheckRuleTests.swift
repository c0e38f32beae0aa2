import Routing
import Testing

@testable import PolicyLint

/// What each rule finds and does not find, beyond the examples of its page.
struct PolicyCheckRuleTests {
  private func found(_ source: String, inHook: Bool = true) -> [String] {
    let text = inHook ? "return { params = {}, select = function(contact, fleet)\n\(source)\nend }" : source
    return PolicyCheck(file: "p", source: Array(text.utf8)).findings.map {
      "\($0.line ?? 0):\($0.column ?? 0)-\($0.endColumn ?? 0) \($0.rule.rawValue)"
    }
  }

  @Test(arguments: [
    // The mark covers the word.
    ("note(contact.devise)", ["2:14-20 unknown-field"]),
    ("note(contact['devise'])", ["2:14-22 unknown-field"]),
    ("local string = {}\nreturn string[1]", ["2:7-13 shadowed-name"]),
    ("return use(fleet[1], nil)", ["2:22-25 missing-reason"]),
    ("return wait(nil, 60)", ["2:13-16 missing-reason"]),
    ("return use(fleet:least_loaded())", ["2:8-11 missing-reason"]),
    ("return skip()", ["2:8-12 missing-reason"]),
    ("return wait_for(fleet)", ["2:8-16 missing-reason"]),
    ("return wait_for(fleet, nil, 5)", ["2:24-27 missing-reason"]),
    ("return wait_for(fleet, '')", ["2:24-26 missing-reason"]),
    ("return wait_for()", ["2:8-16 wrong-argument"]),
    ("return wait_for('why', 600)", ["2:24-27 wrong-argument"]),
    ("return wait_for('fleet', 'x')", ["2:17-24 impossible-id"]),
    ("return wait_for('Fleet', 'x', 5)", ["2:17-24 impossible-id"]),
    ("return wait_for('{\"tag\":\"vip\"}', 'x')", ["2:17-32 impossible-id"]),
    ("return wait_for('tag=vip', 'x')", ["2:17-26 impossible-id"]),
    ("return wait_for('fleet 1', 'x')", []),
    ("return wait_for(contact, 'x')", ["2:17-24 wrong-argument"]),
    ("return wait_for(nil, 'x')", ["2:17-20 wrong-argument"]),
    ("return wait_for(fleet:available(), 'x')", ["2:17-34 wrong-argument"]),
    ("return wait_for({ fleet[1] }, 'x')", ["2:17-29 wrong-argument"]),
    ("return wait_for({ tagg = 'x' }, 'x')", ["2:19-23 wrong-argument"]),
    ("return wait_for({ tag = 5 }, 'x')", ["2:25-26 wrong-argument"]),
    ("return wait_for(fleet, 'x', 31622401)", ["2:29-37 wrong-argument"]),
    ("return wait_for(fleet, 'x', 5, 6)", ["2:32-33 ignored-argument"]),
    ("wait_for(fleet, 'x')\nreturn nil", ["2:1-9 unreturned-verdict"]),
    ("return wait_fr(fleet, 'x')", ["2:8-15 unknown-global"]),
    ("return wait_for({ tag = 'vip', except = contact.device }, 'x', 5)", []),
    ("return wait_for({}, 'x')", []), ("return wait_for('D1', 'x', 5)", []), ("return wait_for(fleet[1], 'x')", []),
    // Comparisons within a chain.
    ("if contact.step > 1 and contact.device.status == 'on' then return nil end", ["2:50-54 impossible-comparison"]),
    ("if contact.step > 1 and 'up' ~= fleet[1].status then return nil end", ["2:25-29 impossible-comparison"]),
    ("local d = fleet:get('a\\nb')\nreturn d and use(d, 'x')", ["2:21-27 impossible-id"]),
    (
      "if fleet[1].id == 7 or contact.id == true then return nil end",
      ["2:19-20 impossible-id", "2:38-42 impossible-id"]
    ),
    ("if fleet[1].id == '\(String(repeating: "x", count: 201))' then return nil end", ["2:19-222 impossible-id"]),
    // A limit under a name is a limit too.
    ("local cap = 80\nif fleet[1].sent_hour < cap then return nil end", ["3:25-28 hard-coded-cap"]),
    ("if 800 <= fleet[1].sent_day + fleet[1].queued then return nil end", ["2:4-7 hard-coded-cap"]),
    ("if fleet[1].in_flight >= 50 then return nil end", ["2:26-28 hard-coded-cap"]),
    // Scores.
    ("note(fleet[1].queued / fleet[1].headroom)", ["2:24-41 nan-score"]),
    (
      "local n = 0\nfor _, d in ipairs(fleet) do if d.online then n = n + 1 end end\nnote(1 / n)", ["4:10-11 nan-score"]
    ),
    ("note(1 / #fleet)", ["2:10-16 nan-score"]),
    ("note(fleet[1].sent_day / (fleet[1].limit_day or 800))", ["2:26-53 nan-score"]),
    ("note(0 / 0)", ["2:10-11 nan-score"]),
    ("note(math.huge - math.huge)", ["2:6-27 nan-score"]),
    ("local limit = fleet[1].limit_hour\nnote(1 / limit)", ["3:10-15 nan-score"]),
    // Ties.
    (
      "local open = fleet:available()\ntable.sort(open, function(a, b) return a.load <= b.load end)\nreturn use(open[1], 'x')",
      ["3:47-49 unstable-tie-break"]
    ),
    (
      "local best, most = nil, 0\nfor _, d in ipairs(fleet:candidates(9)) do\nif d.headroom >= most then best, most = d, d.headroom end\nend\nreturn best and use(best, 'x')",
      ["4:15-17 unstable-tie-break"]
    ),
    (
      "local best\nfor _, d in ipairs(fleet) do if random(2) == 1 then best = d end end\nreturn best and use(best, 'x')",
      ["3:33-42 unstable-tie-break"]
    ),
    // Loops.
    (
      "local open = {}\nfor _, d in ipairs(fleet) do if d.can_accept_more then table.insert(open, d) end end\nnote(#open)",
      ["3:20-25 fleet-loop"]
    ),
    (
      "local found\nfor _, d in ipairs(fleet) do\nif d.can_accept_more and d ~= contact.device then found = d break end\nend\nreturn found and use(found, 'x')",
      ["3:20-25 fleet-loop"]
    ),
    (
      "local best, load\nfor _, d in ipairs(fleet) do if d.can_accept_more and (load == nil or d.load < load) then best = d load = d.load end end\nreturn best and use(best, 'x')",
      ["3:20-25 fleet-loop"]
    ),
    // Unreachable code.
    ("error('x')\nreturn nil", ["3:1-2 unreachable-code"]),
    ("while true do note('x') end\nreturn nil", ["3:1-2 unreachable-code"]),
    ("if contact.name then return nil else return wait('x') end\nnote('y')", ["3:1-2 unreachable-code"]),
    ("if false then note('x') end", ["2:15-16 unreachable-code"]),
    ("for i = 1, 2 do break note(i) end", ["2:23-24 unreachable-code"]),
    ("repeat return nil until contact.name\nnote('y')", ["3:1-2 unreachable-code"]),
    // A path without a verdict.
    ("if contact.name then return wait('x') end", ["3:1-4 missing-verdict"]),
    ("while contact.name do return wait('x') end", ["3:1-4 missing-verdict"]),
    // Names.
    ("local x = 1\nx = 2", ["2:7-8 unused-local"]),
    ("local function f() end", ["2:16-17 unused-local"]),
    ("local d = contact.device\nlocal f = function(d) return d end\nreturn f(d)", ["3:20-21 shadowed-name"]),
    ("local a = 1\nlocal a = a + 1\nnote(a)", ["3:7-8 shadowed-name"]),
    ("use(fleet[1], 'x')\nreturn nil", ["2:1-4 unreturned-verdict"]),
    (
      "local function rest(why) if why then return wait(why) end return nil end\nrest('x')\nreturn nil",
      ["3:1-5 unreturned-verdict"]
    ),
    ("local rest = function() return skip('x') end\nif contact.name then rest() end", ["3:22-26 unreturned-verdict"]),
  ])
  func `the rule finds it`(body: String, expected: [String]) {
    #expect(found(body) == expected)
  }

  @Test(arguments: [
    // Guards of a division, in all forms.
    "local d = fleet[1]\nif d and d.headroom > 0 then note(d.queued / d.headroom) end",
    "local d = fleet[1]\nif d.limit_hour == 0 then return nil end\nnote(d.sent_hour / d.limit_hour)",
    "local d = fleet[1]\nlocal share = d.limit_hour ~= 0 and d.sent_hour / d.limit_hour or 0\nnote(share)",
    "local sum = 0\nfor _, d in ipairs(fleet) do sum = sum + d.load / #fleet end\nnote(sum)",
    "local open = fleet:available()\nif #open == 0 then return nil end\nnote(1 / #open)",
    "note(fleet[1].sent_hour / math.max(fleet[1].queued, 1))",
    "note(fleet[1].sent_hour / (fleet[1].queued + 1))",
    "note(contact.attempts / 2 .. '')",
    "note(1 / contact.attributes.weight)",
    // Limits of the policy's own, comparisons of a device's own numbers, and whether anything was sent.
    "if fleet[1].sent_hour < (fleet[1].limit_hour or 80) then return nil end",
    "if fleet[1].sent_day == 0 or fleet[1].sent_day < 1 or fleet[1].queued > 20 then return nil end",
    "if fleet[1].sent_hour < fleet[2].sent_hour then return nil end",
    "if fleet[1].failures_hour >= 3 then return nil end",
    // Loops that no query can replace.
    "for _, d in ipairs(fleet) do if d.online then return use(d, 'x') end end\nreturn nil",
    "for _, d in ipairs(fleet) do if d.can_accept_more then note(d.id) end end",
    "for _, d in ipairs(fleet) do note(d.id) if d.can_accept_more then return use(d, 'x') end end\nreturn nil",
    "for _, d in ipairs(fleet) do if d.can_accept_more then return use(d, 'x') else note(d.id) end end\nreturn nil",
    "for _, d in ipairs(fleet) do if d.can_accept_more or d.online then return use(d, 'x') end end\nreturn nil",
    "for i, d in ipairs(fleet) do if d.can_accept_more and i > 2 then return use(d, 'x') end end\nreturn nil",
    "for _, d in ipairs(fleet:candidates(3)) do if d.can_accept_more then return use(d, 'x') end end\nreturn nil",
    "for _, d in ipairs(fleet) do if contains(d.tags, d.id) and d.can_accept_more then return use(d, 'x') end end\nreturn nil",
    "local best\nfor _, d in ipairs(fleet) do if d.can_accept_more and (not best or d.queued < best.queued) then best = d end end\nreturn best and use(best, 'x')",
    // Ties broken by an id, and comparisons of other things.
    "local open = fleet:available()\ntable.sort(open, function(a, b) return a.id <= b.id end)\nreturn use(open[1], 'x')",
    "local open = fleet:available()\ntable.sort(open, function(a, b) return a.load < b.load end)\nreturn use(open[1], 'x')",
    "local n = 0\nfor _, d in ipairs(fleet) do if d.load <= 0.5 then n = n + 1 end end\nnote(n)",
    "local old\nfor _, d in ipairs(fleet) do if now - (d.last_sent_at or 0) <= 60000 then old = d end end\nreturn old and use(old, 'x')",
    "local open = fleet:candidates(5)\nreturn use(open[random(#open)], 'x')",
    "local turn = fleet[random(1000) % #fleet + 1]\nreturn use(turn, 'x')",
    "note(now % 7)",
    // Jumps from elsewhere, and loops that end.
    "goto over\n::over::\nnote('x')",
    "while true do if contact.name then break end end\nnote('x')",
    "for i = 1, 2 do if i == 1 then goto next end note(i) ::next:: end",
    "if contact.name then return wait('x') end\ngoto out\n::out:: return nil",
    "repeat local n = random(3) until n == 1\nreturn nil",
    // Intended paths without a verdict.
    "if contact.name then return wait('x') end\nreturn",
    "if contact.name then return nil end",
    "note('x')",
    "if contact.name then return wait('x') else return skip('y') end",
    "if contact.name then return wait('x') end\nerror('never')",
    // Names.
    "local _, x = pcall(note, 'x')\nnote(x)",
    "local ok, answer = pcall(use, 'D1', 'x')\nif ok then return nil end",
    "local floor, note = math.floor, note\nnote(floor(1.5))",
    "local _d = contact.device",
    "for i = 1, 3 do note('x') end\nfor _, d in ipairs(fleet) do note(d.id) end\nfor _, d in ipairs(fleet) do note(d.name) end",
    "local function f(a, b) return b end\nnote(f(1, 2))",
    "local function tell() note('x') return nil end\ntell()",
    "local tell = function() return function() return wait('x') end end\ntell()",
    // Ids.
    "if contact.assigned_device == nil or contact.id == 'a b' then return nil end",
    "if contact.last_device ~= contact.device.id then return nil end",
    "local wanted = contact.attributes.device\nreturn use(wanted, 'asked for')",
    "return use(contact.device, contact.attributes.why)",
    "local function reason() return 'x' end\nreturn use(fleet[1], reason())",
    "return wait('x', params[contact.name])",
  ])
  func `no rule finds anything`(body: String) {
    #expect(found(body) == [])
  }

  @Test(arguments: [
    "local function select(contact, fleet) return contact.device and use(fleet[1], 'x') end\nreturn { select = select }",
    "local M = {}\nfunction M.select(contact) return wait('x' .. contact.id) end\nreturn M",
    "local names = {}\nlocal function add(name) table.insert(names, name) end\nadd('a')\nreturn { select = function() note(names[1]) end }",
    "local count = 0\nlocal function up() count = count + 1 end\nup()\nreturn { select = function() note(count) end }",
    "return { params = { a = 1 }, select = function() for name in pairs(params) do note(name) end end }",
    "return { params = { a = 1 }, select = function() local p = params note(p.a) end }",
    "return { params = { a = 1 }, select = function() note(params['a']) end }",
  ])
  func `ordinary files have no findings`(source: String) {
    #expect(found(source, inHook: false) == [])
  }

  @Test(arguments: [
    "local last\nreturn { select = function(contact) last = contact.id end }",
    "local seen = {}\nreturn { select = function(contact) seen[contact.id] = true end }",
    "local seen = {}\nreturn { select = function(contact) table.insert(seen, contact.id) end }",
    "local n = 0\nlocal function up() n = n + 1 end\nreturn { select = function() up() end }",
  ])
  func `state outside the hooks is found`(source: String) {
    #expect(found(source, inHook: false).contains { $0.hasSuffix("kept-state") })
  }

  @Test func `a suppression applies to its line or to the next one with code`() {
    let warned = "local d = contact.device"
    #expect(found("\(warned) -- check: ignore unused-local") == [])
    #expect(found("-- check: ignore unused-local\n\n-- why\n\(warned)") == [])
    #expect(found("--check: ignore missing-reason, unused-local: why\n\(warned) return use(fleet[1])") == [])
    #expect(found("-- check: ignore shadowed-name\n\(warned)") == ["2:1-31 unused-suppression", "3:7-8 unused-local"])
    #expect(found("note('-- check: ignore unused-local')") == [])
    #expect(found("\(warned)\n-- check: ignore unused-local") == ["2:7-8 unused-local", "3:1-30 unused-suppression"])
    #expect(found("-- check: ignore\nnote('x')") == ["2:1-17 unused-suppression"])
    #expect(found("-- check: ignore unused-locl\nnote('x')") == ["2:1-29 unused-suppression"])
  }

  @Test func `an error cannot be suppressed`() {
    #expect(
      found("-- check: ignore unknown-field\nnote(contact.devise)") == [
        "2:1-31 unused-suppression", "3:14-20 unknown-field",
      ])
  }
}
