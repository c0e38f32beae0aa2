import Routing
import Testing

@testable import PolicyLint

/// Facts about values known without running anything: code that cannot work is found, and code that may work has no
/// findings.
struct PolicyCheckShapeTests {
  /// The findings for the body of `select(contact, fleet)`.
  private func findings(_ body: String, params: String = "{}") -> [String] {
    let source = "return { params = \(params), select = function(contact, fleet)\n\(body)\nend }"
    return PolicyCheck(file: "p", source: Array(source.utf8)).findings.map { finding in
      "\(finding.line ?? 0):\(finding.column ?? 0) \(finding.severity) \(finding.message)"
        + (finding.advice.map { " (\($0))" } ?? "")
    }
  }

  @Test(arguments: [
    (
      "local own = contact.device\nif own.onlin then return nil end",
      "3:8 error a device has no 'onlin' (did you mean 'online'?)"
    ),
    ("return use(fleet:least_loaded().nmae, 'x')", "2:33 error a device has no 'nmae' (did you mean 'name'?)"),
    ("for _, d in ipairs(fleet) do note(d.quued) end", "2:37 error a device has no 'quued' (did you mean 'queued'?)"),
    ("for i = 1, #fleet do note(fleet[i].lod) end", "2:36 error a device has no 'lod' (did you mean 'load'?)"),
    ("local open = fleet:available()\nnote(open[1].lod)", "3:14 error a device has no 'lod' (did you mean 'load'?)"),
    (
      "local open = fleet:available()\ntable.sort(open, function(a, b) return a.laod < b.load end)",
      "3:42 error a device has no 'laod' (did you mean 'load'?)"
    ),
    (
      "local best\nfor _, d in ipairs(fleet) do if d.online then best = d end end\nreturn best and use(best, best.idd)",
      "4:32 error a device has no 'idd' (did you mean 'id'?)"
    ),
    (
      "local d = contact.device or fleet:get('D1')\nnote(d.tag)",
      "3:8 error a device has no 'tag' (did you mean 'tags'?)"
    ),
    ("note(contact:name())", "2:14 error contact.name is a field, not a function (write contact.name)"),
    ("note(contact.tags.vip)", "2:19 error a list has no 'vip' (use contains(list, 'vip'), ipairs(list) or list[1])"),
    ("contact.name = 'x'", "2:9 error cannot set 'name': the arguments of a hook are read-only"),
    ("contact.device.name = 'x'", "2:16 error cannot set 'name'"),
    ("params.x = 1", "2:1 error params cannot be changed"),
    ("note(fleet.least_loaded().id)", "2:12 error least_loaded: expected the fleet as the first argument"),
    ("note(fleet:leest_loaded().id)", "2:12 error a fleet has no 'leest_loaded' (did you mean 'least_loaded'?)"),
    ("return wait(60)", "2:13 error wait: expected a reason as text, found a number (write wait('why', seconds))"),
    ("return wait('x', '60')", "2:18 error wait: expected seconds as a number, found text"),
    ("return wait('x', -1)", "2:18 error wait: expected 0 to 31622400 seconds, found less"),
    ("return wait('x', 99999999)", "2:18 error wait: expected 0 to 31622400 seconds, found more"),
    ("return use()", "2:8 error use: expected a device, found nothing"),
    ("return use(nil, 'x')", "2:12 error use: expected a device, found nil"),
    ("return use(contact, 'x')", "2:12 error use: expected a device, found a contact"),
    ("return use(fleet:available(), 'x')", "2:12 error use: expected a device, found a table of devices"),
    ("return move(contact.device, 5)", "2:29 error move: expected a reason as text, found a number"),
    ("return skip(contact.device)", "2:13 error skip: expected a reason as text, found a device"),
    (
      "return use('D1', 'x', 60)", "2:23 warning use takes a device and a reason as text; further arguments are ignored"
    ),
    ("use('D1', 'x')", "2:1 warning the verdict of 'use' is not returned (write return use(...))"),
    ("return contact.device", "2:8 error select: expected a verdict, found a device (write return use(device, 'why'))"),
    ("return 'D1'", "2:8 error select: expected a verdict, found text"),
    ("return contact.step > 1", "2:8 error select: expected a verdict, found a boolean"),
    ("if contact.device == 'D1' then return nil end", "2:19 warning a device never equals text (compare its id)"),
    (
      "if contact.device.status == 'offlin' then return nil end",
      "2:29 warning a device's status is never 'offlin' (did you mean 'offline'?)"
    ),
    (
      "if contact.priority == 'urgnt' then return nil end",
      "2:24 warning a contact's priority is never 'urgnt' (did you mean 'urgent'?)"
    ),
    ("note(contact.name:match('x'))", "2:19 error text has no 'match' (patterns are not available; use contains"),
    ("note(starts_with(contact.phone))", "2:6 error starts_with: expected two arguments, found 1"),
    ("note(starts_with(contact.step, '1'))", "2:18 error starts_with: expected text, found a number"),
    ("note(contains(contact.attributes, 'x'))", "2:15 error contains: expected text, found a map"),
    ("for _, d in pairs(fleet) do note(d) end", "2:19 error pairs: expected a table, found the fleet (use ipairs)"),
    ("return use(fleet:least_loaded({ tags = 'kl' }), 'x')", "2:33 error a filter has no 'tags' (did you mean 'tag'?)"),
    ("return use(fleet:least_loaded('kl'), 'x')", "2:31 error least_loaded: expected a filter, found text"),
    ("return use(fleet:hash(contact), 'x')", "2:23 error hash: expected a key as text, found a contact"),
    ("return use(fleet:get(), 'x')", "2:18 error get: expected an id as text, found nothing"),
    ("note(fleet:candidates({ tag = 'kl' }))", "2:23 error candidates: expected a number of devices, found a table"),
    ("note(os.time())", "2:6 error 'os' is not available in policies (the time is `now`, in milliseconds since 1970)"),
    ("print('x')", "2:1 error 'print' is not available in policies (use note(text), which is kept with the decision)"),
    ("note(string.find('a', 'b'))", "there is no 'string.find' in policies (patterns are not available; use contains"),
    ("note(math.random())", "there is no 'math.random' in policies (use random(m, n))"),
    ("note(params.max_wiat)", "2:13 warning params.max_wiat has no default (did you mean 'max_wait'?)"),
    ("note(params.colour)", "2:13 warning params.colour has no default (declare it in the table"),
  ])
  func `code that cannot work is found at its position`(body: String, expected: String) {
    let found = findings(body, params: body.contains("params.max") ? "{ max_wait = 1 }" : "{}")
    #expect(found.contains { $0.hasPrefix(expected) || $0.contains(expected) }, "\(found)")
    #expect(found.count == 1, "\(found)")
  }

  @Test(arguments: [
    // Tables of the policy's own can hold anything.
    "local open = fleet:available()\nopen[1] = { score = 1 }\nnote(open[1].score)",
    "local open = fleet:available()\ntable.insert(open, { score = 1 })\nnote(open[1].score)",
    "local scored = {}\nfor _, d in ipairs(fleet) do scored[#scored + 1] = { device = d, score = d.load } end\nnote(scored[1].score)",
    // A local with different values.
    "local who = contact\nif contact.step > 1 then who = contact.device end\nnote(who.queued)",
    "local x = contact.device\nx = { anything = 1 }\nnote(x.anything)",
    // Arguments of the policy's own functions are unknown.
    "local function first(list) return list.anything end\nnote(first({ anything = 1 }))",
    "local helpers = { select = function(a) return a.whatever end }\nnote(helpers.select({ whatever = 1 }))",
    // A computed reason, an id instead of a device, a device or nil.
    "return use(contact.assigned_device, 'owner ' .. contact.step)",
    "local own = contact.device\nreturn own and use(own, 'owner')",
    "local own = contact.device\nreturn own and own.online and use(own, 'owner') or wait('no')",
    "local verdict\nif contact.step > 1 then verdict = wait('x') else verdict = skip('y') end\nreturn verdict",
    "local ok, answer = pcall(use, 'D9')\nif ok then return answer end\nreturn nil",
    "local function decide() return wait('x', contact.attempts * 60) end\nreturn decide()",
    // Computed keys, maps, and list members by index.
    "local field = 'queued'\nnote(fleet[1][field])",
    "note(contact.attributes.anything)\nnote(contact.tags[1])\nnote(#contact.tags)",
    "local filter = { tag = 'kl' }\nreturn use(fleet:least_loaded(filter), 'x')",
    "return use(fleet:least_loaded({ except = contact.device, tag = contact.attributes.city }), 'x')",
    "return use(fleet.least_loaded(fleet), 'x')",
    "local ask = fleet.get\nreturn use(ask(fleet, 'D1'), 'x')",
    "note(starts_with(table.unpack({ 'a', 'b' })))",
    "if contact.device == fleet[1] or contact.device ~= nil then return nil end",
    "if contact.assigned_device == 'D1' then return nil end",
    "if contact.attributes.status == 'gold' then return nil end",
    "local status = 'offline'\nif fleet[1].status ~= status then return nil end",
    "for place, tag in ipairs(contact.tags) do note(place .. tag:upper()) end",
    "local text = { find = function() return 1 end }\nnote(text.find())",
    "local own = contact.device\nlocal function free() return own.can_accept_more end\nreturn free() and use(own, 'x')",
    "note(contact.name:upper():sub(1, 2) .. #contact.phone)",
    "return (wait('x', 1e3))",
    "return",
  ])
  func `code that may work has no findings`(body: String) {
    #expect(findings(body) == [])
  }

  @Test func `a function used as two hooks may get either's subject`() {
    let source = """
      local function choose(who, fleet)
        if who.trigger then return nil end
        return fleet:least_load()
      end
      return { select = choose, enroll = choose }
      """
    let found = PolicyCheck(file: "p", source: Array(source.utf8)).findings
    #expect(found.map(\.message) == ["a fleet has no 'least_load'"])
  }

  @Test func `a tenant's own parameter needs no default`() {
    let source = Array("return { select = function() return wait('x', params.pause) end }".utf8)
    #expect(PolicyCheck(file: "p", source: source).findings.map(\.severity) == [.warning])
    #expect(PolicyCheck(file: "p", source: source, parameters: [Parameter("pause", .integer(1))]).findings.isEmpty)
  }

  @Test func `a source built to be slow to check is checked quickly`() {
    // Each local uses the previous one twice.
    var body = "local v0 = contact.device\n"
    for place in 1..<180 { body += "local v\(place) = v\(place - 1) or v\(place - 1)\n" }
    body += "note(v179" + String(repeating: ".x", count: 5000) + ")"
    #expect(findings(body).count <= 1)
  }
}
