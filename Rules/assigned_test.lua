return {
  policy = 'assigned',
  cases = {
    {
      name = 'the owner gets the message',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1' }, { id = 'D2' } },
      expect = { outcome = 'use', device = 'D1', reason = 'owner' },
    },
    {
      name = 'an owner that is offline still gets it: the message waits in its queue',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1', status = 'offline' }, { id = 'D2' } },
      expect = { outcome = 'use', device = 'D1', reason = 'owner' },
    },
    {
      name = 'an owner that is full still gets it',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1', sent_hour = 80, limit_hour = 80 }, { id = 'D2' } },
      expect = { outcome = 'use', device = 'D1', reason = 'owner' },
    },
    {
      name = 'a contact without a device waits an hour',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1' },
      devices = { { id = 'D1' } },
      expect = { outcome = 'wait', reason = 'no assigned device', ['until'] = '2026-11-22T10:00:00Z' },
    },
    {
      name = 'a contact whose device has left the fleet waits as long as the tenant configured',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1', assigned_device = 'D9' },
      devices = { { id = 'D1' } },
      params = { max_wait = 60 },
      expect = { outcome = 'wait', reason = 'no assigned device', ['until'] = '2026-11-22T09:01:00Z' },
    },
  },
  properties = {
    ['only the owner sends'] = function(request, decision)
      local own = request.contact.device
      if not own then return decision.outcome == 'wait' end
      return decision.outcome == 'use' and decision.device == own.id
    end,
    ['a wait lasts max_wait or until a device may have capacity'] = function(request, decision)
      if decision.outcome ~= 'wait' then return true end
      local asked = request.now + math.max((request.params.max_wait or 3600) * 1000, 1000)
      for _, device in ipairs(request.devices) do
        if device.online then return decision['until'] <= asked end
      end
      return decision['until'] == asked
    end,
  },
}
