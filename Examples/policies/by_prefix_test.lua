return {
  policy = 'by_prefix',
  cases = {
    {
      name = 'the least loaded device of the contact\'s country',
      contact = { id = 'c1', phone = '+60123456789', assigned_device = 'B1' },
      devices = { { id = 'B1', tags = { '+49' } }, { id = 'K1', tags = { '+60' }, queued = 1 }, { id = 'K2', tags = { '+60' } } },
      expect = { outcome = 'use', device = 'K2', reason = 'serves +60' },
    },
    {
      name = 'the owner, if it serves the prefix and can accept more',
      contact = { id = 'c1', phone = '+60123456789', assigned_device = 'K1' },
      devices = { { id = 'K1', tags = { '+60' }, queued = 1 }, { id = 'K2', tags = { '+60' } } },
      expect = { outcome = 'use', device = 'K1', reason = 'owner' },
    },
    {
      name = 'any device while no device of the country can send',
      contact = { id = 'c1', phone = '+60123456789' },
      devices = { { id = 'B1', tags = { '+49' } }, { id = 'K1', tags = { '+60' }, status = 'offline' } },
      expect = { outcome = 'use', device = 'B1', reason = 'no device serves +60' },
    },
    {
      name = 'any device for a prefix that is not listed',
      contact = { id = 'c1', phone = '+33123456789' },
      devices = { { id = 'B1', tags = { '+49' } } },
      expect = { outcome = 'use', device = 'B1', reason = 'no device serves this prefix' },
    },
    {
      name = 'no device can: the contact waits',
      contact = { id = 'c1', phone = '+4915100000000' },
      devices = { { id = 'B1', tags = { '+49' }, status = 'offline' } },
      expect = { outcome = 'wait', reason = 'no device can accept more', waitlist = 'fleet' },
    },
  },
}
