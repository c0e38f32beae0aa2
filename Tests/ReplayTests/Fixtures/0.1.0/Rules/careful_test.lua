return {
  policy = 'careful',
  cases = {
    {
      name = 'an offline device is waited for',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1', assigned_device = 'D1' },
      devices = { { id = 'D1', status = 'offline' }, { id = 'D2' } },
      expect = { outcome = 'wait', ['until'] = '2026-11-22T09:10:00.500Z' },
    },
  },
}
