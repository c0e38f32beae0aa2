return {
  policy = 'reassign',
  cases = {
    {
      name = 'the owner keeps its contact while it can send',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1' }, { id = 'D2' } },
      expect = { outcome = 'use', device = 'D1', reason = 'owner' },
    },
    {
      name = 'owner is offline: the contact moves to the least loaded device',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1', status = 'offline' }, { id = 'D2', queued = 2 }, { id = 'D3', queued = 1 } },
      expect = { outcome = 'move', device = 'D3', reason = 'owner unavailable' },
    },
    {
      name = 'a contact without a device gets one',
      contact = { id = 'c1' },
      devices = { { id = 'D1', sent_day = 5, limit_day = 10 }, { id = 'D2', sent_day = 4, limit_day = 10 } },
      expect = { outcome = 'move', device = 'D2', reason = 'no assigned device' },
    },
    {
      name = 'no device can: the contact keeps its device and waits for the fleet, a day at the latest',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1', status = 'offline' } },
      expect = {
        outcome = 'wait', reason = 'no device can accept more', waitlist = 'fleet', ['until'] = '2026-11-23T09:00:00Z',
      },
    },
  },
  properties = {
    ['the owner sends while it can'] = function(request, decision)
      local own = request.contact.device
      if not own or not own.can_accept_more then return true end
      return decision.outcome == 'use' and decision.device == own.id
    end,
    ['otherwise the contact moves to one of the least loaded devices'] = function(request, decision)
      local own = request.contact.device
      if own and own.can_accept_more then return true end
      local least
      for _, device in ipairs(request.devices) do
        if device.can_accept_more and (not least or device.load < least) then least = device.load end
      end
      if not least then return decision.outcome == 'wait' end
      return decision.outcome == 'move' and decision.chosen.can_accept_more and decision.chosen.load == least
    end,
    ['a wait is on the waitlist of the fleet, for max_wait at the latest'] = function(request, decision)
      if decision.outcome ~= 'wait' then return not decision.waitlist end
      local latest = request.now + math.max((request.params.max_wait or 86400) * 1000, 1000)
      return decision.waitlist == 'fleet' and decision['until'] == latest
    end,
  },
}
