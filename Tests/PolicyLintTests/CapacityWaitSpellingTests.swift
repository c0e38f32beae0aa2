import Testing

@testable import PolicyLint

/// The many ways to write "wait until there is capacity", and what only looks like one.
struct CapacityWaitSpellingTests {
  private func findings(_ body: String, before: String = "") -> [PolicyCheck.Finding] {
    let head = "return { params = { tag = 'x', most = 0.5, strict = true }, select = function(contact, fleet)"
    let source = "\(before)\n\(head)\n\(body)\nend }"
    return PolicyCheck(file: "p", source: Array(source.utf8)).findings.filter { $0.rule == .capacityWait }
  }

  // MARK: - Queries

  @Test(arguments: [
    "local d = fleet:candidates(3) if #d == 0 then return wait('full', 9) end return use(d[1], 'x')",
    "local d = fleet:candidates(5) if not d[1] then return wait('full', 9) end return use(d[1], 'x')",
    "local d = fleet:candidates(1)[1] if d then return use(d, 'x') end return wait('full', 9)",
    "local all = fleet:available() if not all[1] then return wait('full', 9) end return use(all[1], 'x')",
    "local all = fleet:available() if all[1] == nil then return wait('full', 9) end return use(all[1], 'x')",
    "local all = fleet:available() local d = all[1] if d then return use(d, 'x') end return wait('full', 9)",
    "local all = fleet:available() local d = all[random(#all)] return d and use(d, 'x') or wait('full', 9)",
    "if #fleet:available() < 1 then return wait('full', 9) end return use(fleet:least_loaded(), 'x')",
    "if 0 == #fleet:available() then return wait('full', 9) end return use(fleet:least_loaded(), 'x')",
    "if not (#fleet:available() > 0) then return wait('full', 9) end return use(fleet:least_loaded(), 'x')",
    "if #fleet:available() >= 1 then return use(fleet:least_loaded(), 'x') else return wait('full', 9) end",
    "local n = #fleet:available() if n == 0 then return wait('full', 9) end return use(fleet:least_loaded(), 'x')",
    "local n = #fleet:candidates(2) if n <= 0 then return wait('full', 9) end return use(fleet:least_loaded(), 'x')",
    "if fleet:first_available() == nil then return wait('full', 9) end return use(fleet:first_available(), 'x')",
    "if nil ~= fleet:least_loaded() then return use(fleet:least_loaded(), 'x') end return wait('full', 9)",
    "local d = fleet.least_loaded(fleet) if not d then return wait('full', 9) end return use(d, 'x')",
    "local d = fleet:first_available({ platform = 'sms' }) or fleet:least_loaded() return d and use(d, 'x') or wait('full', 9)",
    "local d = fleet:least_loaded() local is_full = d == nil if is_full then return wait('full', 9) end return use(d, 'x')",
    "local d = fleet:least_loaded() local verdict = wait('full', 9) if d then return use(d, 'x') end return verdict",
    "local d = fleet:least_loaded() local verdict if d then verdict = use(d, 'x') else verdict = wait('full', 9) end return verdict",
    "local d = fleet:least_loaded() if d and d.can_accept_more then return use(d, 'x') end return wait('full', 9)",
    "local d = fleet:least_loaded() if not d then note('nobody') do return wait('full', 9) end end return use(d, 'x')",
    "local d d = fleet:least_loaded({ tag = 'a' }) if not d then d = fleet:least_loaded() end if not d then return wait('full', 9) end return use(d, 'x')",
    "local d = fleet:least_loaded({ tag = 'a' }) if d then return use(d, 'x') end d = fleet:least_loaded({ tag = 'b' }) if d then return use(d, 'x') end return wait('full', 9)",
    "local d = fleet:least_loaded({ tag = contact.attributes.team }) if not d then return wait('full', 9) end return use(d, 'x')",
    "local f = { tag = 'vip' } local d = fleet:least_loaded(f) if d then return use(d, 'x') end return wait('full', 9)",
    // Conditions about something else before the test, and after it those that lead to another verdict.
    "if not contains(contact.tags, 'vip') then return nil end local d = fleet:least_loaded({ tag = 'vip' }) if d then return use(d, 'x') end return wait('full', 9)",
    "if contains(contact.tags, 'vip') then local d = fleet:least_loaded({ tag = 'vip' }) if d then return use(d, 'x') end return wait('full', 9) end return nil",
    "local hour = local_time() if hour < 8 then return wait('night', 9) end local d = fleet:least_loaded() if d then return use(d, 'x') end return wait('full', 9)",
    "local d = fleet:least_loaded() if d then return use(d, 'x') end if contact.attempts > 9 then return skip('late') end return wait('full', 9)",
    "local d = fleet:least_loaded() return d and use(d, 'x') or contact.step > 3 and skip('late') or wait('full', 9)",
    "local d = fleet:least_loaded() local s = contact.priority == 'bulk' and 3600 or 60 if not d then return wait('full', s) end return use(d, 'x')",
    "local tag = contains(contact.tags, 'vip') and 'vip' or 'a' local d = fleet:least_loaded({ tag = tag }) if d then return use(d, 'x') end return wait('full', 9)",
    "if #fleet:available({ tag = 'a' }) + #fleet:available({ tag = 'b' }) == 0 then return wait('full', 9) end return nil",
    "local d = fleet:least_loaded() if d then return use(d, 'x') end if params.strict then return wait('full', 9) end return nil",
    "local prefix = contact.phone and contact.phone:sub(1, 3) local d = prefix and fleet:least_loaded({ tag = prefix }) or fleet:least_loaded() if d then return use(d, 'x') end return wait('full', 9)",
  ])
  func `a query that finds nothing is a lack of capacity`(body: String) {
    #expect(findings(body).count == 1)
  }

  // MARK: - Fields of a device

  @Test(arguments: [
    "if own.can_accept_more == false then return wait('full', 9) end return use(own, 'x')",
    "if own.can_accept_more ~= true then return wait('full', 9) end return use(own, 'x')",
    "if true == own.can_accept_more then return use(own, 'x') end return wait('full', 9)",
    "return own.can_accept_more and use(own, 'x') or wait('full', 9)",
    "local free = own.can_accept_more if not free then return wait('full', 9) end return use(own, 'x')",
    "local is_full = not own['can_accept_more'] return is_full and wait('full', 9) or use(own, 'x')",
    "if own.headroom == 0 then return wait('full', 9) end return use(own, 'x')",
    "if own.headroom < 1 then return wait('full', 9) end return use(own, 'x')",
    "if own.headroom > 0 then return use(own, 'x') end return wait('full', 9)",
    "local left = own.headroom if left <= 0 then return wait('full', 9) end return use(own, 'x')",
    "if own.load < 1 then return use(own, 'x') end return wait('full', 9)",
    "if own.load >= 1.0 then return wait('full', 9) end return use(own, 'x')",
    "if not own.online then return wait('offline', 9) end return use(own, 'x')",
    "if own.status ~= 'online' then return wait('offline', 9) end return use(own, 'x')",
    "if own.status == 'offline' then return wait('offline', 9) end return use(own, 'x')",
    "if own.online and own.headroom > 0 then return use(own, 'x') end return wait('full', 9)",
    "if not own.online or own.headroom == 0 then return wait('full', 9) end return use(own, 'x')",
    "if own.limit_hour and own.sent_hour >= own.limit_hour then return wait('full', 9) end return use(own, 'x')",
    "if own.sent_day == own.limit_day then return wait('full', 9) end return use(own, 'x')",
    "if not own.limit_day or own.sent_day + own.queued + own.in_flight < own.limit_day then return use(own, 'x') end return wait('full', 9)",
    "if own.limit_hour - own.sent_hour <= 0 then return wait('full', 9) end return use(own, 'x')",
    "local left = (own.limit_hour or 99) - own.sent_hour - own.queued if left > 0 then return use(own, 'x') end return wait('full', 9)",
    "if own.queued >= (own.limit_queue or 10) then return wait('full', 9) end return use(own, 'x')",
    "if own.sent_minute / own.limit_minute >= 1 then return wait('full', 9) end return use(own, 'x')",
    "if own.can_accept_more then return use(own, 'x') elseif contact.step > 0 then note('full') end return wait('full', 9)",
    "local d = own.can_accept_more and own or fleet:least_loaded() if d then return use(d, 'x') end return wait('full', 9)",
    "local d = fleet:hash(contact.id) if d and not d.can_accept_more then return wait('full', 9) end return use(own, 'x')",
    "local d = fleet:get('D1') if d and d.can_accept_more == false then return wait('full', 9) end return use('D1', 'x')",
    "local d = fleet:get('D1') if not d then return skip('x') end if d.headroom < 1 then return wait('full', 9) end return use(d, 'x')",
  ])
  func `a field that says that a device is full or offline is a lack of capacity`(body: String) {
    #expect(findings("local own = contact.device if not own then return skip('none') end \(body)").count == 1)
  }

  @Test(arguments: [
    "if own and own.can_accept_more then return use(own, 'x') end return wait('full', 9)",
    "if own ~= nil and own.can_accept_more == true then return use(own, 'x') end return wait('full', 9)",
    "local can = own and own.can_accept_more if can then return use(own, 'x') end return wait('full', 9)",
    "return own and own.headroom > 0 and use(own, 'x') or wait('full', 9)",
    "if own then if own.can_accept_more then return use(own, 'x') end return wait('full', 9) end return skip('none')",
    "if own and own.headroom > 0 then return use(own, 'x') end if own then return wait('full', 9) end return skip('none')",
    "if own and own.can_accept_more and own.load < 0.9 then return use(own, 'x') end local d = fleet:least_loaded({ except = own }) if d then return use(d, 'x') end return wait('full', 9)",
    "if own == nil or not own.can_accept_more then own = fleet:least_loaded() end if own == nil then return wait('full', 9) end return use(own, 'x')",
    "local d = own or fleet:least_loaded() if d and d.can_accept_more then return use(d, 'x') end return wait('full', 9)",
  ])
  func `a test of a device includes the question whether there is one`(body: String) {
    #expect(findings("local own = contact.device \(body)").count == 1)
  }

  // MARK: - Loops and functions

  @Test(arguments: [
    "for _, d in ipairs(fleet) do if d.can_accept_more then return use(d, 'x') end end return wait('full', 9)",
    "for _, d in ipairs(fleet) do if d.online and d.headroom > 0 then return use(d, 'x') end end return wait('full', 9)",
    "for _, d in ipairs(fleet) do if contains(d.tags, 'a') and d.can_accept_more then return use(d, 'x') end end return wait('full', 9)",
    "for _, d in ipairs(fleet) do if d ~= contact.device then if d.can_accept_more then return use(d, 'x') end end end return wait('full', 9)",
    "for i = 1, #fleet do local d = fleet[i] if d.can_accept_more then return use(d, 'x') end end return wait('full', 9)",
    "local i = 1 while i <= #fleet do if fleet[i].can_accept_more then return use(fleet[i], 'x') end i = i + 1 end return wait('full', 9)",
    "for _, d in ipairs(fleet:available()) do return use(d, 'x') end return wait('full', 9)",
    "for _, d in ipairs(fleet:available()) do if contains(d.tags, 'a') then return use(d, 'x') end end return wait('full', 9)",
    "local best for _, d in ipairs(fleet:available()) do if not best or d.load < best.load then best = d end end if best then return use(best, 'x') end return wait('full', 9)",
    "local best for _, d in ipairs(fleet) do if d.can_accept_more and (not best or d.load < best.load) then best = d end end return best and use(best, 'x') or wait('full', 9)",
    "local best for _, d in ipairs(fleet) do if d.can_accept_more and contains(d.tags, 'a') then best = d break end end if not best then return wait('full', 9) end return use(best, 'x')",
    "local open = {} for _, d in ipairs(fleet) do if d.can_accept_more then open[#open + 1] = d end end if #open == 0 then return wait('full', 9) end return use(open[1], 'x')",
    "local open = {} for _, d in ipairs(fleet) do if d.can_accept_more then table.insert(open, d) end end if not open[1] then return wait('full', 9) end return use(open[1], 'x')",
    "local n = 0 for _, d in ipairs(fleet) do if d.can_accept_more then n = n + 1 end end if n == 0 then return wait('full', 9) end return use(fleet:least_loaded(), 'x')",
    "local any = false for _, d in ipairs(fleet) do any = any or d.can_accept_more end if not any then return wait('full', 9) end return use(fleet:least_loaded(), 'x')",
    "local left = 0 for _, d in ipairs(fleet) do left = left + d.headroom end if left == 0 then return wait('full', 9) end return use(fleet:least_loaded(), 'x')",
    "for _, t in ipairs({ 'a', 'b' }) do local d = fleet:least_loaded({ tag = t }) if d then return use(d, t) end end return wait('full', 9)",
    "for _, t in ipairs(split(params.tag, ',')) do local d = fleet:least_loaded({ tag = t }) if d then return use(d, t) end end return wait('full', 9)",
    "local d for _, t in ipairs({ 'a', 'b' }) do d = d or fleet:least_loaded({ tag = t }) end if d then return use(d, 'x') end return wait('full', 9)",
    "for _, d in ipairs(fleet) do if not d.can_accept_more then goto continue end do return use(d, 'x') end ::continue:: end return wait('full', 9)",
    "local n = 0 for _, t in ipairs({ 'a', 'b' }) do n = n + #fleet:available({ tag = t }) end if n == 0 then return wait('full', 9) end return use(fleet:least_loaded(), 'x')",
    "local full = true for _, d in ipairs(fleet) do if d.can_accept_more then full = false break end end if full then return wait('full', 9) end return use(fleet:least_loaded(), 'x')",
    "local verdict for _, d in ipairs(fleet) do if d.can_accept_more then verdict = use(d, 'x') break end end return verdict or wait('full', 9)",
    "local d local i = 1 while not d and i <= 2 do d = fleet:least_loaded({ tag = 't' .. i }) i = i + 1 end if d then return use(d, 'x') end return wait('full', 9)",
    "local d local i = 0 repeat i = i + 1 d = fleet:least_loaded({ tag = 't' .. i }) until d or i == 2 if d then return use(d, 'x') end return wait('full', 9)",
    "local best, score for _, d in ipairs(fleet:candidates(3)) do local s = d.load + d.failures_hour if not score or s < score then best, score = d, s end end if not best then return wait('full', 9) end return use(best, 'x')",
  ])
  func `a loop that finds no capacity is followed`(body: String) {
    #expect(findings(body).count == 1)
  }

  @Test(arguments: [
    (
      "local function pick(f) return f:least_loaded() end",
      "local d = pick(fleet) if d then return use(d, 'x') end return wait('full', 9)"
    ),
    (
      "local function free(d) return d and d.can_accept_more end",
      "local own = contact.device if free(own) then return use(own, 'x') end return wait('full', 9)"
    ),
    (
      "local free = function(d) return d.headroom > 0 end",
      "for _, d in ipairs(fleet) do if free(d) then return use(d, 'x') end end return wait('full', 9)"
    ),
    (
      "local function free(d) if not d.online then return false end return d.headroom > 0 end",
      "local own = contact.device if own and not free(own) then return wait('full', 9) end return nil"
    ),
    (
      "local own = {} function own.pick(f) for _, d in ipairs(f) do if d.can_accept_more then return d end end end",
      "local d = own.pick(fleet) return d and use(d, 'x') or wait('full', 9)"
    ),
    (
      "local function later(why) return wait(why, 9) end",
      "local d = fleet:least_loaded() if not d then return later('full') end return use(d, 'x')"
    ),
    (
      "local function later(why) return wait(why, 9) end",
      "if contact.attempts > 9 then return later('often') end local d = fleet:least_loaded() if not d then return later('full') end return use(d, 'x')"
    ),
    (
      "local function try(f) local d = f:least_loaded() if d then return use(d, 'x') end end",
      "local verdict = try(fleet) if verdict then return verdict end return wait('full', 9)"
    ),
    (
      "local function try(d, why) if d and d.can_accept_more then return use(d, why) end end",
      "return try(contact.device, 'a') or try(fleet:least_loaded(), 'b') or wait('full', 9)"
    ),
    (
      "local function filter(list, f) local out = {} for _, x in ipairs(list) do if f(x) then out[#out + 1] = x end end return out end",
      "local open = filter(fleet, function(d) return d.can_accept_more end) if #open == 0 then return wait('full', 9) end return use(open[1], 'x')"
    ),
    (
      "local TAG = 'a'",
      "local function pick() return fleet:least_loaded({ tag = TAG }) end local d = pick() if d then return use(d, 'x') end return wait('full', 9)"
    ),
  ])
  func `functions of the policy are followed`(before: String, body: String) {
    #expect(findings(body, before: before).count == 1)
  }
}
