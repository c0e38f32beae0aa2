return {
  policy = 'strict',
  cases = {
    {
      name = 'the owner sends while it can',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1' }, { id = 'D2' } },
      expect = { outcome = 'use', device = 'D1', reason = 'owner' },
    },
    {
      name = 'owner is full: the contact waits although another device is free',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1', sent_minute = 2, limit_minute = 2 }, { id = 'D2' } },
      expect = { outcome = 'wait', reason = 'owner unavailable', waitlist = { device = 'D1' } },
    },
    {
      name = 'owner is offline: the contact waits for it, a day at the latest',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1', status = 'offline' }, { id = 'D2' } },
      expect = {
        outcome = 'wait', reason = 'owner unavailable', waitlist = { device = 'D1' }, ['until'] = '2026-11-23T09:00:00Z',
      },
    },
    {
      name = 'a contact without a device waits for the fleet, a day at the latest',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1' },
      devices = { { id = 'D1' } },
      expect = {
        outcome = 'wait', reason = 'no assigned device', waitlist = 'fleet', ['until'] = '2026-11-23T09:00:00Z',
      },
    },
  },
  properties = {
    ['only the owner sends and only while it can'] = function(request, decision)
      local own = request.contact.device
      if not own or not own.can_accept_more then return decision.outcome == 'wait' end
      return decision.outcome == 'use' and decision.device == own.id
    end,
    ['a wait is on the waitlist of the owner, or of the fleet without one, for max_wait at the latest'] = function(
      request, decision
    )
      if decision.outcome ~= 'wait' then return not decision.waitlist end
      local latest = request.now + math.max((request.params.max_wait or 86400) * 1000, 1000)
      if decision['until'] ~= latest then return false end
      local own, waitlist = request.contact.device, decision.waitlist
      if not own then return waitlist == 'fleet' end
      return type(waitlist) == 'table' and waitlist.device == own.id
    end,
  },
}
