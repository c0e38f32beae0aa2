return {
  policy = 'continuity',
  cases = {
    {
      name = 'a contact has a home',
      contact = { id = 'c1', phone = '+60123456781' },
      devices = { { id = 'D1' }, { id = 'D2' }, { id = 'D3' } },
      expect = { outcome = 'use', device = 'D1', reason = 'home' },
    },
    {
      name = 'another contact has another home',
      contact = { id = 'c2', phone = '+60123456782' },
      devices = { { id = 'D1' }, { id = 'D2' }, { id = 'D3' } },
      expect = { outcome = 'use', device = 'D2', reason = 'home' },
    },
    {
      name = 'a contact keeps its home when another device leaves',
      contact = { id = 'c1', phone = '+60123456781' },
      devices = { { id = 'D1' }, { id = 'D3' } },
      expect = { outcome = 'use', device = 'D1', reason = 'home' },
    },
    {
      name = 'a contact keeps its home whatever the order of the devices and its load',
      contact = { id = 'c1', phone = '+60123456781' },
      devices = { { id = 'D3' }, { id = 'D2' }, { id = 'D1', queued = 40, limit_queue = 50 } },
      expect = { outcome = 'use', device = 'D1', reason = 'home' },
    },
    {
      name = 'the substitute sends while home cannot',
      contact = { id = 'c1', phone = '+60123456781' },
      devices = { { id = 'D1', status = 'offline' }, { id = 'D2' }, { id = 'D3' } },
      expect = { outcome = 'use', device = 'D3', reason = 'stands in for D1' },
    },
    {
      name = 'neither can: the contact waits although a third device is free',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'c1', phone = '+60123456781' },
      devices = { { id = 'D1', status = 'offline' }, { id = 'D2' }, { id = 'D3', sent_hour = 80, limit_hour = 80 } },
      expect = {
        outcome = 'wait', reason = 'neither home nor its substitute can accept more', waitlist = { device = 'D1' },
        ['until'] = '2026-11-22T09:30:00Z',
      },
    },
    {
      name = 'with a tag, home is one of the devices with this tag',
      contact = { id = 'c1', phone = '+60123456781' },
      devices = { { id = 'D1' }, { id = 'D2', tags = { 'care' } } },
      params = { tag = 'care' },
      expect = { outcome = 'use', device = 'D2', reason = 'home' },
    },
    {
      name = 'no device has the tag: the contact waits',
      contact = { id = 'c1' },
      devices = { { id = 'D1' } },
      params = { tag = 'care' },
      expect = { outcome = 'wait', reason = 'no device has the tag' },
    },
  },
}
