local devices = { { id = 'D1' } }

return {
  guard = 'daily_limit',
  cases = {
    {
      name = 'below the limit, the guard does not run',
      contact = { id = 'c1', messages_day = 23 }, devices = devices, choice = { device = 'D1' },
      expect = { outcome = 'use', device = 'D1', instructions = 0 },
    },
    {
      name = 'at the limit the contact waits',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1', messages_day = 24 }, devices = devices, choice = { device = 'D1' },
      expect = {
        outcome = 'wait', reason = '24 messages in 24 hours; the limit is 24', policy = 'daily_limit',
        ['until'] = '2026-11-22T10:00:00Z',
      },
    },
    {
      name = 'a move counts as a message',
      contact = { id = 'c1', messages_day = 30 }, devices = devices, choice = { outcome = 'move', device = 'D1' },
      expect = { outcome = 'wait' },
    },
    {
      name = 'the limit is a parameter',
      contact = { id = 'c1', messages_day = 1 }, devices = devices, choice = { device = 'D1' }, params = { limit = 1 },
      expect = { outcome = 'wait', reason = '1 messages in 24 hours; the limit is 1' },
    },
  },
}
