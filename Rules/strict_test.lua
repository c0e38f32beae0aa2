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
      expect = { outcome = 'wait', reason = 'owner unavailable' },
    },
    {
      name = 'owner is offline: the contact waits a quarter of an hour',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1', status = 'offline' }, { id = 'D2' } },
      expect = { outcome = 'wait', reason = 'owner unavailable', ['until'] = '2026-11-22T09:15:00Z' },
    },
    {
      name = 'a contact without a device waits a quarter of an hour',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1' },
      devices = { { id = 'D1' } },
      expect = { outcome = 'wait', reason = 'no assigned device', ['until'] = '2026-11-22T09:15:00Z' },
    },
  },
  properties = {
    ['only the owner sends and only while it can'] = function(request, decision)
      local own = request.contact.device
      if not own or not own.can_accept_more then return decision.outcome == 'wait' end
      return decision.outcome == 'use' and decision.device == own.id
    end,
    ['a wait lasts max_wait or until a device may have capacity'] = function(request, decision)
      if decision.outcome ~= 'wait' then return true end
      local asked = request.now + math.max((request.params.max_wait or 900) * 1000, 1000)
      for _, device in ipairs(request.devices) do
        if device.online then return decision['until'] <= asked end
      end
      return decision['until'] == asked
    end,
  },
}
