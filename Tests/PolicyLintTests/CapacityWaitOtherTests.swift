import Testing

@testable import PolicyLint

/// Waits that are not for capacity, although a test of capacity is near.
struct CapacityWaitOtherTests {
  private func findings(_ body: String, before: String = "") -> [PolicyCheck.Finding] {
    let head = "return { params = { tag = 'x', most = 0.5, strict = true }, select = function(contact, fleet)"
    let source = "\(before)\n\(head)\n\(body)\nend }"
    return PolicyCheck(file: "p", source: Array(source.utf8)).findings.filter { $0.rule == .capacityWait }
  }

  @Test(arguments: [
    // The time.
    "local hour = local_time() if hour < 8 then return wait('night', 9) end return use(fleet:least_loaded(), 'x')",
    "local d = fleet:least_loaded() local hour = local_time() if not d and hour > 20 then return wait('night', 9) end return nil",
    "local d = fleet:least_loaded() local hour = local_time() if hour > 20 and not d then return wait('night', 9) end return nil",
    "local _, _, day = local_time() if day > 5 then local d = fleet:least_loaded({ tag = 'weekend' }) if d then return use(d, 'x') end return wait('nobody works at the weekend', 86400) end return nil",
    "local d = fleet:least_loaded() if d then return use(d, 'x') end local hour = local_time() if hour > 17 then return wait('tomorrow', 9) end return wait_for(fleet, 'full', 9)",
    "local d = fleet:least_loaded() if d then return use(d, 'x') end local hour = local_time() return wait('tomorrow', (24 - hour) * 3600)",
    "local d = fleet:least_loaded() if d then return use(d, 'x') end if now - contact.due_at > 1000 then return wait('later', 9) end return wait_for(fleet, 'full', 9)",
    "local hour = local_time() local is_late = hour > 20 local d = fleet:least_loaded() if is_late or not d then return wait('night or full', 9) end return use(d, 'x')",
    "local d = fleet:least_loaded() local is_late = false if local_time() > 20 then is_late = true end if d then return use(d, 'x') end if is_late then return wait('tomorrow', 9) end return wait_for(fleet, 'full', 9)",
    // The contact.
    "local own = contact.device if own and not own.can_accept_more then if contact.priority == 'bulk' then return wait('bulk waits', 9) end return wait_for(own, 'full') end return nil",
    "local own = contact.device if own and not own.can_accept_more and contact.priority == 'bulk' then return wait('bulk waits', 9) end return nil",
    "local d = fleet:least_loaded() if not d then if contains(contact.tags, 'patient') then return wait('it has time', 9) end return wait_for(fleet, 'full') end return use(d, 'x')",
    "local own = contact.device if own and own.can_accept_more then if contact.messages_day >= 2 then return wait('enough', 9) end return use(own, 'x') end return wait_for(own or fleet, 'full')",
    "local d = fleet:least_loaded() local is_often = contact.attempts > 3 if d then return use(d, 'x') end if is_often then return wait('tomorrow', 9) end return wait_for(fleet, 'full')",
    "if contact.attributes.paused then return wait('paused', 9) end for _, d in ipairs(fleet:available()) do return use(d, 'x') end return wait_for(fleet, 'full')",
    "local d = fleet:least_loaded() if d and contact.step > 1 then return use(d, 'x') end return wait('step 1 waits', 9)",
    "local verdict if contact.step == 1 then verdict = wait('step 1 waits', 9) else verdict = use('D1', 'x') end return verdict",
    "local d = fleet:least_loaded() if d then return use(d, 'x') end local v = wait_for(fleet, 'full') if contact.step == 2 then v = wait('step 2', 9) end return v",
    "local d = fleet:least_loaded() if d then return use(d, 'x') end local v if contact.step == 2 then v = wait('step 2', 9) else v = skip('x') end return v",
    // No device, which capacity does not change.
    "local own = contact.device if not own then return wait('none', 9) end if own.can_accept_more then return use(own, 'x') end return wait_for(own, 'full')",
    "local own = contact.device if own and own.can_accept_more then return use(own, 'x') end if own then return wait_for(own, 'full') end return wait('none', 9)",
    "local own = contact.device if not own or not own.can_accept_more then return wait('none or full', 9) end return use(own, 'x')",
    "local own = contact.device return own and own.online and use(own, 'x') or wait('none, or offline', 9)",
    "local home = fleet:hash(contact.id, { tag = params.tag }) if not home then return wait('no device has the tag', 9) end return use(home, 'x')",
    "for _, d in ipairs(fleet) do if contains(d.tags, 'a') then return use(d, 'x') end end return wait('no device has the tag', 9)",
    "if #fleet == 0 then return wait('no devices', 9) end return use(fleet:least_loaded(), 'x')",
    "local d = fleet:least_loaded() if d == nil and #fleet == 0 then return wait('no devices', 9) end return use(d, 'x')",
    "local spare = fleet:least_loaded({ tag = 'spare' }) if not spare then note('no spare') end if not contact.device then return wait('none', 9) end return use(contact.device, 'x')",
    // Thresholds of the policy's own: the device has capacity.
    "local d = fleet:least_loaded() if d and d.load < params.most then return use(d, 'x') end if d then return wait('a reserve', 9) end return wait_for(fleet, 'full')",
    "local own = contact.device if own and own.limit_hour and own.sent_hour >= own.limit_hour * 0.7 then return wait('a busy hour', 9) end return use(own, 'x')",
    "local own = contact.device if own and own.sent_day >= 50 then return wait('enough', 9) end return use(own, 'x')",
    "local own = contact.device if own and own.headroom < 5 then return wait('a reserve', 9) end return use(own, 'x')",
    "local open = fleet:available() if #open < 2 then return wait('one is not enough', 9) end return use(open[2], 'x')",
    "local own = contact.device if own and own.failures_hour > 3 then return wait('unhealthy', 9) end return use(own, 'x')",
    "local own = contact.device if own and own.age_days < 3 then return wait('too new', 9) end return use(own, 'x')",
    "for _, d in ipairs(fleet) do if d.can_accept_more and d.failures_hour < 3 then return use(d, 'x') end end return wait('all fail or are full', 9)",
    "for _, d in ipairs(fleet) do if d.can_accept_more and d.attributes.city == contact.attributes.city then return use(d, 'x') end end return wait('none of the city', 9)",
    // One reason of several, where the policy has `wait_for` for the others.
    "local d = fleet:least_loaded() if not d then local first = fleet[1] if first and first.online == false then return wait('the network is down', 9) end return wait_for(fleet, 'full') end return use(d, 'x')",
    "local own = contact.device if own and own.can_accept_more then return use(own, 'x') end if own and own.status == 'auth_failed' then return wait('needs a login', 9) end return wait_for(own or fleet, 'full')",
    // Capacity there is, or nobody has asked.
    "local own = contact.device if own and own.can_accept_more then return wait('wait for the evening', 9) end return wait_for(own or fleet, 'full')",
    "local d = fleet:least_loaded() if d then if random() < 0.5 then return wait('spread', 9) end return use(d, 'x') end return wait_for(fleet, 'full')",
    "local d = fleet:least_loaded() if not d then note('full') end return wait('later', 9)",
    "for _, d in ipairs(fleet) do if d.can_accept_more then note(d.id) end end return wait('later', 9)",
    "for _, d in ipairs(fleet:available()) do note(d.id) end return wait('later', 9)",
    "local d = fleet:least_loaded() if d then return use(d, 'x') end if fleet:least_loaded({ tag = 'a' }) then return wait('cannot be', 9) end return wait_for(fleet, 'full')",
    "for i = 1, contact.attempts do return wait('often', 9) end return use('D1', 'x')",
  ])
  func `a wait for something else has no finding`(body: String) {
    #expect(findings(body).map(\.message) == [])
  }

  @Test(arguments: [
    (
      "local function has_more(d) if not d.can_accept_more then return false end return d.sent_day < params.most end",
      "for _, d in ipairs(fleet) do if has_more(d) then return use(d, 'x') end end return wait('full, or held back', 9)"
    ),
    (
      "local function is_night() return local_time() > 20 end",
      "local d = fleet:least_loaded() if d then return use(d, 'x') end if is_night() then return wait('tomorrow', 9) end return wait_for(fleet, 'full')"
    ),
    (
      "local function night() if local_time() > 20 then return wait('night', 9) end end",
      "local verdict = night() if verdict then return verdict end local d = fleet:least_loaded() if d then return use(d, 'x') end return wait_for(fleet, 'full')"
    ),
    (
      "local function later(why) return wait(why, 9) end",
      "if contact.attempts > 9 then return later('often') end return use(contact.device, 'x')"
    ),
    (
      "local function pick(fleet) return pick and pick(fleet) end",
      "local d = pick(fleet) if d then return use(d, 'x') end return wait('none', 9)"
    ),
  ])
  func `a function with other reasons has no finding`(before: String, body: String) {
    #expect(findings(body, before: before).map(\.message) == [])
  }

  @Test func `a hook with too many ways, or one that is nested too deeply, is not followed`() {
    let tests = (1...12).map {
      "local d\($0) = fleet:least_loaded({ tag = 't\($0)' }) if d\($0) then note('\($0)') end"
    }
    let end = "if not fleet:least_loaded() then return wait('full', 9) end return nil"
    #expect(findings(tests.joined(separator: "\n") + "\n" + end).isEmpty)
    let sum = (1...12).map { "(fleet:least_loaded({ tag = 't\($0)' }) and 1 or 0)" }.joined(separator: " + ")
    #expect(findings("note(\(sum))\n\(end)").isEmpty)
    let deep = String(repeating: "do ", count: 110) + end + String(repeating: " end", count: 110)
    #expect(findings(deep).isEmpty)
    #expect(findings("do do do \(end) end end end").count == 1)
  }
}
