import Testing

/// Policies with plausible bugs, each with the property that it violates.
enum PlantedBugs {
  struct Bug: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: String
    /// The property's name; nil for any.
    let property: String
    /// The policy's `params` table, as Lua.
    let params: String

    init(_ name: String, breaks property: String, params: String = "{}", _ body: String) {
      (testDescription, self.property, self.params, self.body) = (name, property, params, body)
    }

    var source: String {
      """
      return {
        params = \(params),
        select = function(contact, fleet)
          local own = contact.device
      \(body)
          return wait('nobody', 60)
        end,
      }
      """
    }
  }

  static let all = [
    Bug(
      "a cap that is off by one", breaks: "can-accept",
      "if own and own.online and own.sent_hour <= (own.limit_hour or 1e9) then return use(own, 'owner') end"),
    Bug(
      "the wrong variable", breaks: "can-accept",
      "local other = fleet:least_loaded() if other and own then return use(own, 'other') end"),
    Bug(
      "no guard for nobody's contact", breaks: "never-faults",
      "if own.can_accept_more then return use(own, 'owner') end"),
    Bug(
      "a tie that the place decides", breaks: "renumbered",
      "local best for _, d in ipairs(fleet:available()) do if not best or d.queued < best.queued then best = d end end if best then return use(best, 'best') end"
    ),
    Bug(
      "offline devices forgotten", breaks: "can-accept",
      "local best for _, d in ipairs(fleet) do if not best or d.load < best.load then best = d end end if best then return use(best, 'best') end"
    ),
    Bug(
      "a loop in a loop over the fleet", breaks: "half-budget",
      "local n = 0 for _, a in ipairs(fleet) do for _, b in ipairs(fleet) do if a.load < b.load then n = n + 1 end end end note(tostring(n))"
    ),
    Bug("a name that may be absent", breaks: "never-faults", "note('for ' .. contact.name)"),
    Bug(
      "an attribute that is taken for a number", breaks: "never-faults",
      "if contact.attributes.score and contact.attributes.score > 10 then return skip('rich') end"),
    Bug(
      "a limit that may be absent", breaks: "never-faults",
      "if own and own.can_accept_more and own.sent_day < own.limit_day then return use(own, 'owner') end"),
    Bug("the first device, whatever it is", breaks: "can-accept", "if fleet[1] then return use(fleet[1], 'first') end"),
    Bug(
      "the last device that can", breaks: "renumbered",
      "local last for i = 1, #fleet do if fleet[i].can_accept_more then last = fleet[i] end end if last then return use(last, 'last') end"
    ),
    Bug(
      "a lot drawn from nobody", breaks: "never-faults",
      "local some = fleet:candidates(3) if contact.step > 0 then return use(some[random(#some)], 'lot') end"),
    Bug(
      "a share of a limit of none", breaks: "never-faults",
      "if own and own.limit_hour and own.sent_hour * 100 // own.limit_hour > 90 then return wait('nearly full', 60) end"
    ),
    Bug(
      "a device that may have gone", breaks: "never-faults",
      "if contact.step > 0 then return use(fleet:get('D1'), 'always') end"),
    Bug(
      "a fleet's size that stands for who can", breaks: "unrelated-device",
      "if #fleet < 2 then return wait('too few', 600) end local d = fleet:least_loaded() if d then return use(d, 'least') end"
    ),
    Bug(
      "a phone that may be absent", breaks: "never-faults", "if contact.phone:sub(1, 3) == '+60' then return nil end"),
    Bug(
      "a wait into the past", breaks: "never-faults",
      "if contact.due_at then return wait('due', (contact.due_at - now) / 1000) end"),
    Bug(
      "a turn by number", breaks: "never-faults",
      "local d = fleet[contact.step % #fleet + 1] if d.can_accept_more then return use(d, 'turn') end"),
    Bug(
      "a pause overlooked", breaks: "can-accept",
      "if own and own.online and own.headroom > 0 then return use(own, 'owner') end"),
    Bug(
      "one cap of several", breaks: "can-accept",
      "if own and own.online and (not own.limit_hour or own.sent_hour + own.queued + own.in_flight < own.limit_hour) then return use(own, 'owner') end"
    ),
    Bug(
      "a loop that steps over its end", breaks: "never-faults",
      "local left = contact.attempts while left ~= 0 do left = left - 2 end"),
    Bug(
      "a text that grows with a name", breaks: "never-faults",
      "if contact.name then note(('' .. contact.name):rep(20)) end"),
    Bug(
      "the last device without a look", breaks: "never-faults",
      "if contact.last_device then return use(contact.last_device, 'as before') end"),
    Bug(
      "an attribute as a tag", breaks: "never-faults",
      "local d = fleet:least_loaded({ tag = contact.attributes.city }) if d then return use(d, 'city') end"),
    Bug("a value that is met once", breaks: "never-faults", "if contact.attempts == 347 then return error('stop') end"),
    Bug(
      "two conditions at their edges", breaks: "can-accept",
      params: "{ patience = 23 }",
      "if own and contact.attempts >= params.patience and contains(contact.tags, 'gold') then return use(own, 'patient') end"
    ),
    Bug(
      "an hour that is never", breaks: "never-faults",
      "local hour = now // 3600000 % 24 if hour == 0 then return wait('night', -1) end"),
    Bug(
      "a verdict from a branch alone", breaks: "never-faults",
      "local d = fleet:least_loaded() if d and d.failures_hour > 3 then return d end"),
  ]
}
