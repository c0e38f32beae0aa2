return {
  policy = 'vip',
  cases = {
    {
      name = 'a VIP gets the least loaded VIP device, although its own device is free',
      contact = { id = 'c1', tags = { 'vip' }, assigned_device = 'D1' },
      devices = { { id = 'D1' }, { id = 'D2', tags = { 'vip' }, queued = 2 }, { id = 'D3', tags = { 'vip' } } },
      expect = { outcome = 'use', device = 'D3', reason = 'VIP device' },
    },
    {
      name = 'a VIP whose own device is a VIP device keeps it',
      contact = { id = 'c1', tags = { 'vip' }, assigned_device = 'D2' },
      devices = { { id = 'D2', tags = { 'vip' }, queued = 2 }, { id = 'D3', tags = { 'vip' } } },
      expect = { outcome = 'use', device = 'D2' },
    },
    {
      name = 'a VIP waits while no VIP device can accept more',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1', tags = { 'vip' } },
      devices = { { id = 'D1', status = 'offline' }, { id = 'D2', tags = { 'vip' }, status = 'offline' } },
      expect = {
        outcome = 'wait', reason = 'no VIP device can accept more', waitlist = { tag = 'vip' },
        ['until'] = '2026-11-22T09:05:00Z',
      },
    },
    {
      name = 'the policy has no opinion on other contacts',
      contact = { id = 'c1', tags = { 'new' } },
      devices = { { id = 'D1' }, { id = 'D2', tags = { 'vip' } } },
      expect = { outcome = 'wait', reason = 'no policy had an opinion' },
    },
  },
}
