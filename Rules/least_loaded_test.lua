return {
  policy = 'least_loaded',
  cases = {
    {
      name = 'the first step goes to the least loaded device, which becomes the owner',
      contact = { id = 'c1', step = 1, assigned_device = 'D1' },
      devices = { { id = 'D1', queued = 3 }, { id = 'D2', queued = 1 }, { id = 'D3', queued = 2 } },
      expect = { outcome = 'move', device = 'D2', reason = 'least loaded' },
    },
    {
      name = 'a later step stays with the owner, whatever its load',
      contact = { id = 'c1', step = 2, assigned_device = 'D1' },
      devices = { { id = 'D1', queued = 3 }, { id = 'D2' } },
      expect = { outcome = 'use', device = 'D1', reason = 'keeps its device' },
    },
    {
      name = 'a later step gets a new owner if the old one has left the fleet',
      contact = { id = 'c1', step = 2, assigned_device = 'D9' },
      devices = { { id = 'D1', queued = 3 }, { id = 'D2' } },
      expect = { outcome = 'move', device = 'D2', reason = 'least loaded' },
    },
    {
      name = 'no device can: the contact waits for the fleet, a day at the latest',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1', step = 1 },
      devices = { { id = 'D1', status = 'offline' } },
      expect = {
        outcome = 'wait', reason = 'no device can accept more', waitlist = 'fleet', ['until'] = '2026-11-23T09:00:00Z',
      },
    },
  },
  properties = {
    ['the owner sends later steps'] = function(request, decision)
      local own = request.contact.device
      if not own or request.contact.step == 1 then return true end
      return decision.outcome == 'use' and decision.device == own.id
    end,
    ['otherwise the contact moves to one of the least loaded devices'] = function(request, decision)
      if request.contact.device and request.contact.step > 1 then return true end
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
