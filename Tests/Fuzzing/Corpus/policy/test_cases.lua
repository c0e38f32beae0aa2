return { policy = 'fallback', cases = { { name = 'a', now = '2026-11-22T09:00:00Z',
  contact = { id = 'c1', tags = {}, attributes = { score = 1.5, ok = true } },
  devices = { { id = 'D1', queued = 3 } }, expect = { outcome = 'use', device = 'D1' } } } }
