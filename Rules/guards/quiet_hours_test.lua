local devices = { { id = 'D1' } }
local use_it = { device = 'D1' }
-- Minutes from UTC.
local kathmandu, new_york = 345, -300

return {
  guard = 'quiet_hours',
  cases = {
    {
      name = 'by day, the guard has no effect',
      now = '2026-11-22T08:00:00Z', contact = { id = 'c1' }, devices = devices, choice = use_it,
      expect = { outcome = 'use', device = 'D1' },
    },
    {
      name = 'the last second before the quiet hours is not quiet',
      now = '2026-11-22T20:59:59Z', contact = { id = 'c1' }, devices = devices, choice = use_it,
      expect = { outcome = 'use' },
    },
    {
      name = 'in the evening, the contact waits until the morning',
      now = '2026-11-22T21:00:00Z', contact = { id = 'c1' }, devices = devices, choice = use_it,
      expect = {
        outcome = 'wait', reason = 'quiet hours where the contact is', ['until'] = '2026-11-23T08:00:00Z',
      },
    },
    {
      name = 'after midnight too, exact to the second',
      now = '2026-11-22T03:17:42Z', contact = { id = 'c1' }, devices = devices, choice = use_it,
      expect = { outcome = 'wait', ['until'] = '2026-11-22T08:00:00Z' },
    },
    {
      name = 'the contact\'s time zone applies',
      now = '2026-11-22T12:00:00Z', -- 7:00 in New York
      contact = { id = 'c1', utc_offset_minutes = new_york }, utc_offset_minutes = kathmandu,
      devices = devices, choice = use_it,
      expect = { outcome = 'wait', ['until'] = '2026-11-22T13:00:00Z' },
    },
    {
      name = 'the tenant\'s time zone applies if the contact has none',
      now = '2026-11-22T02:14:59Z', -- 7:59:59 in Kathmandu
      contact = { id = 'c1' }, utc_offset_minutes = kathmandu, devices = devices, choice = use_it,
      expect = { outcome = 'wait', ['until'] = '2026-11-22T02:15:00Z' },
    },
    {
      name = 'quiet hours within one day',
      now = '2026-11-22T12:30:00Z', contact = { id = 'c1' }, devices = devices, choice = use_it,
      params = { from = 12, to = 14 },
      expect = { outcome = 'wait', ['until'] = '2026-11-22T14:00:00Z' },
    },
    {
      name = 'half hours and minutes count',
      now = '2026-11-22T08:29:59Z', contact = { id = 'c1' }, devices = devices, choice = use_it,
      params = { from = '21:45', to = 8.5 },
      expect = { outcome = 'wait', ['until'] = '2026-11-22T08:30:00Z' },
    },
    {
      name = 'at the end, the guard has no effect',
      now = '2026-11-22T08:30:10Z', contact = { id = 'c1' }, devices = devices, choice = use_it,
      params = { from = '21:45', to = 8.5 },
      expect = { outcome = 'use' },
    },
    {
      name = 'a quiet day is quiet until the hours of the next day that are not',
      now = '2026-11-21T12:00:00Z', -- Saturday
      contact = { id = 'c1' }, devices = devices, choice = use_it, params = { days = 'sat,sun' },
      expect = { outcome = 'wait', reason = 'quiet day where the contact is', ['until'] = '2026-11-23T08:00:00Z' },
    },
    {
      name = 'quiet hours may begin on some weekdays only',
      now = '2026-11-20T22:30:00Z', -- Friday
      contact = { id = 'c1' }, devices = devices, choice = use_it,
      params = { from = '22:30', to = '7:15', on = 'mon-fri' },
      expect = {
        outcome = 'wait', reason = 'quiet hours where the contact is', ['until'] = '2026-11-21T07:15:00Z',
      },
    },
    {
      name = 'the night to Monday begins on Sunday',
      now = '2026-11-23T03:00:00Z', -- Monday
      contact = { id = 'c1' }, devices = devices, choice = use_it,
      params = { from = '22:30', to = '7:15', on = 'mon-fri' },
      expect = { outcome = 'use' },
    },
    {
      name = 'no hour is quiet if both parameters are equal',
      now = '2026-11-22T03:00:00Z', contact = { id = 'c1' }, devices = devices, choice = use_it,
      params = { from = 8, to = 8 },
      expect = { outcome = 'use' },
    },
  },
}
