import Testing

@testable import PolicyLint

/// The rule `capacity-wait`: what is certainly a wait for capacity, and what `--fix` may name as its cause.
struct CapacityWaitTests {
  private func findings(_ body: String, more: String = "") -> [PolicyCheck.Finding] {
    let source = "\(more)\nreturn { params = { tag = 'x' }, select = function(contact, fleet)\n\(body)\nend }"
    return PolicyCheck(file: "p", source: Array(source.utf8)).findings.filter { $0.rule == .capacityWait }
  }

  @Test(arguments: [
    ("local d = fleet:least_loaded() if d then return use(d, 'x') end return wait('full', 9)", "fleet"),
    ("local d = fleet:least_loaded({}) if not d then return wait('full', 9) end return use(d, 'x')", "fleet"),
    ("local d = fleet:first_available(nil) if d == nil then return wait('full') end return use(d, 'x')", "fleet"),
    ("if not fleet:least_loaded() then return wait('full', 9) end return nil", "fleet"),
    ("local open = fleet:available() if #open == 0 then return wait('full', 9) end return use(open[1], 'x')", "fleet"),
    ("local open = fleet:available() if #open > 0 then return use(open[1], 'x') end return wait('full', 9)", "fleet"),
    (
      "local d = fleet:least_loaded({ tag = 'kl' }) if d then return use(d, 'x') end return wait('full', 9)",
      "{ tag = 'kl' }"
    ),
    (
      "local d = fleet:least_loaded({ tag = params.tag }) return d and use(d, 'x') or wait('full', 9)",
      "{ tag = params.tag }"
    ),
    (
      "local own = contact.device if own then if own.can_accept_more then return use(own, 'x') else return wait('full', 9) end end return nil",
      "own"
    ),
    ("local own = contact.device if own and not own.can_accept_more then return wait('full', 9) end return nil", "own"),
    (
      "if contact.device and not contact.device.can_accept_more then return wait('full', 9) end return nil",
      "contact.device"
    ),
    (
      "local d = fleet:least_loaded() if d and contact.step > 1 then return use(d, 'x') elseif not d then return wait('full', 9) end return nil",
      "fleet"
    ),
    // Conditions after which execution goes on either way, and one that is about the same device again.
    (
      "local d = fleet:least_loaded() if d then return use(d, 'x') end if contact.attempts > 3 then note('often') end return wait('full', 9)",
      "fleet"
    ),
    (
      "local d = fleet:least_loaded() if d then return use(d, 'x') end if not d then return wait('full', 9) end",
      "fleet"
    ),
    (
      "if contact.step > 1 then local d = fleet:least_loaded() if not d then return wait('full', 9) end end return nil",
      "fleet"
    ),
    // A query without a filter covers all others.
    (
      "local b = fleet:least_loaded() if b then return use(b, 'x') end local a = fleet:least_loaded({ tag = 'a' }) if a then return use(a, 'x') end return wait('full', 9)",
      "fleet"
    ),
    (
      "local a = fleet:least_loaded({ tag = 'a' }) if a then return use(a, 'x') end local b = fleet:least_loaded() if b then return use(b, 'x') end return wait('full', 9)",
      "fleet"
    ),
  ])
  func `a wait for capacity is found, and its cause is named`(body: String, target: String) throws {
    let found = findings(body)
    #expect(found.count == 1, "\(found)")
    let fix = try #require(found.first?.fix)
    #expect(fix.edits.map(\.text) == ["wait_for", "\(target), "])
  }

  @Test(arguments: [
    // Two ways to be served.
    "local own = contact.device if own and own.can_accept_more then return use(own, 'x') end local d = fleet:least_loaded({ tag = 'a' }) if d then return use(d, 'x') end return wait('full', 9)",
    "local a = fleet:least_loaded({ tag = 'a' }) if a then return use(a, 'x') end local b = fleet:least_loaded({ tag = 'b' }) if b then return use(b, 'x') end return wait('full', 9)",
    "local home = fleet:hash(contact.id) if not home then return nil end if home.can_accept_more then return use(home, 'x') end return wait('full', 9)",
    // A device that may be missing, and those that a loop visits.
    "local own = contact.device if own and own.can_accept_more then return use(own, 'x') end return wait('full', 9)",
    "for _, d in ipairs(fleet) do if d.can_accept_more then return use(d, 'x') end end return wait('full', 9)",
    // A filter that need not mean the same at the wait.
    "local tag = contact.id local d = fleet:least_loaded({ tag = tag }) if d then return use(d, 'x') end return wait('full', 9)",
    // Parentheses are needed for the inserted argument.
    "local d = fleet:least_loaded() if d then return use(d, 'x') end return wait 'full'",
  ])
  func `without one certain cause there is a finding and no fix`(body: String) {
    let found = findings(body)
    #expect(found.count == 1 && found[0].fix == nil, "\(found)")
  }

  @Test func `a name with two meanings is not written`() {
    let body = """
      local own = contact.device
      if not own then return nil end
      if own.can_accept_more then return use(own, 'x') end
      do local own = contact.id return wait('full ' .. own, 9) end
      """
    let found = findings(body)
    #expect(found.count == 1 && found[0].fix?.edits.map(\.text) == ["wait_for", "contact.device, "])
  }

  @Test(arguments: [
    // The device may be missing.
    "local own = contact.device if not own then return wait('no device', 9) end return use(own, 'x')",
    // The reason alone says nothing.
    "return wait('no device can accept more', 9)",
    // The query may not have run.
    "local d = contact.name and fleet:least_loaded() if d then return use(d, 'x') end return wait('full', 9)",
    "local d if contact.name then d = fleet:least_loaded() end if d then return use(d, 'x') end return wait('full', 9)",
    // Both branches reach the wait.
    "local d = fleet:least_loaded() if not d then note('full') end return wait('later', 9)",
    "local d = fleet:least_loaded() if d and contact.step > 1 then return use(d, 'x') end return wait('later', 9)",
    "local d = fleet:least_loaded() if d then return wait('free', 9) end return nil",
    "local d = fleet:get('D1') if d then return use(d, 'x') end return wait('no D1', 9)",
    "local open = fleet:available() if #open == 0 then note('none') end return wait('later', 9)",
    // Something else leads to the wait: it may be meant to end at its time.
    "local d = fleet:least_loaded() if d then return use(d, 'x') end if contact.attempts > 3 then return wait('tomorrow', 9) end return wait_for(fleet, 'full', 9)",
    "local d = fleet:least_loaded() if d then return use(d, 'x') end if contact.attempts < 3 then return wait_for(fleet, 'full', 9) end return wait('tomorrow', 9)",
    "local own = contact.device if own and not own.can_accept_more then if own.sent_day >= 50 then return wait('enough', 9) end return wait_for(own, 'full', 9) end return nil",
    "local d = fleet:least_loaded() if not d and contact.attempts > 3 then return wait('tomorrow', 9) end return nil",
    "local d = fleet:least_loaded() return d and use(d, 'x') or contact.attempts > 3 and wait('tomorrow', 9) or wait_for(fleet, 'full', 9)",
    "local d = fleet:least_loaded() if d then return use(d, 'x') end for i = 1, contact.attempts do return wait('tomorrow', 9) end return nil",
    // Loops and jumps.
    "local d = fleet:least_loaded() if d then goto done end do return wait('full', 9) end ::done:: return use(d, 'x')",
    // Another function of this name.
    "local wait = function() return nil end local d = fleet:least_loaded() if d then return use(d, 'x') end return wait('full', 9)",
    "local own = contact.device if own and own.can_accept_more then return use(own, 'x') end return skip('no')",
  ])
  func `whatever is not certain has no finding`(body: String) {
    #expect(findings(body).map(\.message) == [])
  }

  @Test func `guards and enroll have no finding`() {
    for hook in ["guard = function(contact, choice, fleet)", "enroll = function(lead, fleet)"] {
      let select = hook.hasPrefix("enroll") ? ", select = function(contact) return use('D1', 'x') end" : ""
      let source = "return { \(hook) if not fleet:least_loaded() then return wait('full', 9) end end\(select) }"
      #expect(!PolicyCheck(file: "g", source: Array(source.utf8)).findings.contains { $0.rule == .capacityWait })
    }
  }

  @Test func `a wait in a function of the policy has a finding there, or where the function is called`() {
    let helper = "local function later(fleet) if not fleet:least_loaded() then return wait('full', 9) end end"
    let found = findings("return later(fleet)", more: helper)
    #expect(found.map(\.line) == [1] && found[0].fix == nil)
    let maker = "local function later(why) return wait(why, 9) end"
    let body = """
      if contact.attempts > 9 then return later('often') end
      local d = fleet:least_loaded()
      if d then return use(d, 'x') end
      return later('full')
      """
    #expect(findings(body, more: maker).map(\.line) == [6])
  }

  @Test func `the fix names a local only where it is in scope`() {
    let body = """
      if contact.step > 9 then local own = contact.device note(own and own.id) end
      if not contact.device then return nil end
      if contact.device.can_accept_more then return use(contact.device, 'x') end
      return wait('full', 9)
      """
    #expect(findings(body).first?.fix?.edits.last?.text == "contact.device, ")
  }

  @Test func `a wait that is made before the device is tested has no fix for the device`() {
    let body = """
      local own = contact.device
      local verdict = wait('full', 9)
      if own and not own.can_accept_more then return verdict end
      return nil
      """
    let found = findings(body)
    #expect(found.count == 1 && found[0].fix == nil)
  }
}
