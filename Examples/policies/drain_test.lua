local leaving = { id = 'D1', tags = { 'kl', 'drain:2026-11-22' } }
local full = { id = 'D2', sent_hour = 80, limit_hour = 80 }

return {
  policy = 'drain',
  cases = {
    {
      name = 'before the day, no contact moves',
      now = '2026-11-21T23:59:59Z',
      contact = { id = 'welcome/L3', assigned_device = 'D1' },
      devices = { leaving, { id = 'D2' } },
      expect = { outcome = 'use', device = 'D1', reason = 'owner' },
    },
    {
      name = 'in the morning, a contact with a later turn stays',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'welcome/L2', assigned_device = 'D1' },
      devices = { leaving, { id = 'D2' } },
      expect = { outcome = 'use', device = 'D1', reason = 'owner' },
    },
    {
      name = 'in the morning, another contact moves',
      now = '2026-11-22T09:00:00Z',
      contact = { id = 'welcome/L3', assigned_device = 'D1' },
      devices = { leaving, { id = 'D2' } },
      expect = { outcome = 'move', device = 'D2', reason = 'D1 is being drained' },
    },
    {
      name = 'in the afternoon, the contact with the later turn moves',
      now = '2026-11-22T15:00:00Z',
      contact = { id = 'welcome/L2', assigned_device = 'D1' },
      devices = { leaving, { id = 'D2', queued = 2 }, { id = 'D3', queued = 1 } },
      expect = { outcome = 'move', device = 'D3' },
    },
    {
      name = 'after the day, every contact moves',
      now = '2026-11-23T00:00:00Z',
      contact = { id = 'welcome/L1', assigned_device = 'D1' },
      devices = { leaving, { id = 'D2' } },
      expect = { outcome = 'move', device = 'D2' },
    },
    {
      name = 'the day begins at the tenant\'s midnight',
      now = '2026-11-22T07:00:00Z', -- 15:00 in Kuala Lumpur
      contact = { id = 'welcome/L2', assigned_device = 'D1' },
      devices = { leaving, { id = 'D2' } },
      utc_offset_minutes = 480,
      expect = { outcome = 'move', device = 'D2' },
    },
    {
      name = 'all others are full: the contact stays while its device can',
      now = '2026-11-22T15:00:00Z',
      contact = { id = 'welcome/L2', assigned_device = 'D1' },
      devices = { leaving, full },
      expect = { outcome = 'use', device = 'D1', reason = 'nobody else can take over yet' },
    },
    {
      name = 'no device can: the contact waits',
      now = '2026-11-22T15:00:00Z',
      contact = { id = 'welcome/L2', assigned_device = 'D1' },
      devices = { { id = 'D1', status = 'offline', tags = { 'drain:2026-11-22' } }, { id = 'D2', status = 'offline' } },
      expect = {
        outcome = 'wait', reason = 'no device can accept more', waitlist = 'fleet', ['until'] = '2026-11-22T15:15:00Z',
      },
    },
    {
      name = 'a new contact never gets a device that leaves, even before its last day',
      now = '2026-11-20T09:00:00Z',
      contact = { id = 'welcome/L9' },
      devices = { leaving, { id = 'D2', queued = 9 } },
      expect = { outcome = 'use', device = 'D2', reason = 'no assigned device' },
    },
    {
      name = 'a device that stays keeps its contacts',
      now = '2026-11-22T15:00:00Z',
      contact = { id = 'welcome/L2', assigned_device = 'D2' },
      devices = { leaving, { id = 'D2', queued = 9 } },
      expect = { outcome = 'use', device = 'D2', reason = 'owner' },
    },
  },
}
