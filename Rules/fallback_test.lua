return {
  policy = 'fallback',
  cases = {
    {
      name = 'the owner sends while it can',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1', queued = 9 }, { id = 'D2' } },
      expect = { outcome = 'use', device = 'D1', reason = 'owner' },
    },
    {
      name = 'owner is full: the least loaded device takes over',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1', sent_hour = 80, limit_hour = 80 }, { id = 'D2', queued = 4 }, { id = 'D3', queued = 1 } },
      expect = { outcome = 'use', device = 'D3', reason = 'owner unavailable' },
    },
    {
      name = 'owner is offline: the least loaded device takes over',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = {
        { id = 'D1', status = 'offline' },
        { id = 'D2', sent_hour = 40, limit_hour = 80 },
        { id = 'D3', sent_hour = 20, limit_hour = 80 },
      },
      expect = { outcome = 'use', device = 'D3', reason = 'owner unavailable' },
    },
    {
      name = 'equal loads: the first device of the fleet',
      contact = { id = 'c1' },
      devices = { { id = 'D1' }, { id = 'D2' } },
      expect = { outcome = 'use', device = 'D1', reason = 'no assigned device' },
    },
    {
      name = 'no device can: the contact waits as long as the tenant configured',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1', status = 'offline' }, { id = 'D2', sent_hour = 80, limit_hour = 80 } },
      params = { max_wait = 600 },
      expect = {
        outcome = 'wait', reason = 'no device can accept more', waitlist = 'fleet', ['until'] = '2026-11-22T09:10:00Z',
      },
    },
    {
      name = 'no device can, but one may soon: the waitlist ends the wait, and the latest time stays',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1', status = 'offline' }, { id = 'D2', queued = 50, limit_queue = 50 } },
      expect = {
        outcome = 'wait', reason = 'no device can accept more', waitlist = 'fleet', ['until'] = '2026-11-23T09:00:00Z',
      },
    },
    {
      name = 'no device can, and the tenant configured no wait: a day at the latest',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1' },
      devices = { { id = 'D1', sent_day = 800, limit_day = 800 } },
      expect = { outcome = 'wait', reason = 'no device can accept more', ['until'] = '2026-11-23T09:00:00Z' },
    },
  },
  properties = {
    ['the owner sends while it can'] = function(request, decision)
      local own = request.contact.device
      if not own or not own.can_accept_more then return true end
      return decision.outcome == 'use' and decision.device == own.id
    end,
    ['otherwise one of the least loaded devices sends without a move'] = function(request, decision)
      local own = request.contact.device
      if own and own.can_accept_more then return true end
      local least
      for _, device in ipairs(request.devices) do
        if device.can_accept_more and (not least or device.load < least) then least = device.load end
      end
      if not least then return decision.outcome == 'wait' end
      return decision.outcome == 'use' and decision.chosen.can_accept_more and decision.chosen.load == least
    end,
    ['a wait is on the waitlist of the fleet, for max_wait at the latest'] = function(request, decision)
      if decision.outcome ~= 'wait' then return not decision.waitlist end
      local latest = request.now + math.max((request.params.max_wait or 86400) * 1000, 1000)
      return decision.waitlist == 'fleet' and decision['until'] == latest
    end,
  },
}
