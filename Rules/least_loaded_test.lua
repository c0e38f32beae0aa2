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
      name = 'a later step stays with the owner, loaded as it is',
      contact = { id = 'c1', step = 2, assigned_device = 'D1' },
      devices = { { id = 'D1', queued = 3 }, { id = 'D2' } },
      expect = { outcome = 'use', device = 'D1', reason = 'keeps its device' },
    },
    {
      name = 'a later step whose owner has left the fleet finds a new one',
      contact = { id = 'c1', step = 2, assigned_device = 'D9' },
      devices = { { id = 'D1', queued = 3 }, { id = 'D2' } },
      expect = { outcome = 'move', device = 'D2' },
    },
    {
      name = 'nobody can: the contact waits',
      contact = { id = 'c1', step = 1 },
      devices = { { id = 'D1', status = 'offline' } },
      expect = { outcome = 'wait', reason = 'no device can accept more' },
    },
  },
}
