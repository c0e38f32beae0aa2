local devices = { { id = 'D1' }, { id = 'D2' } }

return {
  guard = 'move_limit',
  cases = {
    {
      name = 'below the limit, the guard does not run',
      contact = { id = 'c1', assigned_device = 'D1', moves = 19 }, devices = devices,
      choice = { outcome = 'move', device = 'D2' },
      expect = { outcome = 'move', device = 'D2', instructions = 0 },
    },
    {
      name = 'at the limit the contact waits',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1', assigned_device = 'D1', moves = 20 }, devices = devices,
      choice = { outcome = 'move', device = 'D2' },
      expect = { outcome = 'wait', reason = 'moved 20 times; the limit is 20', ['until'] = '2026-11-22T09:15:00Z' },
    },
    {
      name = 'using another device is not a move',
      contact = { id = 'c1', assigned_device = 'D1', moves = 20 }, devices = devices,
      choice = { outcome = 'use', device = 'D2' },
      expect = { outcome = 'use', device = 'D2' },
    },
    {
      name = 'a move to its own device does not count',
      contact = { id = 'c1', assigned_device = 'D1', moves = 20 }, devices = devices,
      choice = { outcome = 'move', device = 'D1' },
      expect = { outcome = 'move', device = 'D1' },
    },
  },
}
