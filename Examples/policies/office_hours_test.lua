-- 2026-11-22 is a Sunday. The device is free: if all devices were full, a wait could end earlier.
local devices = { { id = 'D1' } }
-- Minutes from UTC.
local kuala_lumpur, kathmandu, new_york = 480, 345, -300

return {
  policy = 'office_hours',
  cases = {
    {
      name = 'inside the hours, the policy has no opinion',
      now = '2026-11-23T01:00:00Z', -- Monday, 9:00 there
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur,
      expect = { outcome = 'wait', reason = 'no policy had an opinion' },
    },
    {
      name = 'before the hours, the contact waits until they begin',
      now = '2026-11-23T00:59:59Z',
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur,
      expect = { outcome = 'wait', reason = 'before hours', ['until'] = '2026-11-23T01:00:00Z' },
    },
    {
      name = 'the last second belongs to the hours',
      now = '2026-11-23T09:59:59Z',
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur,
      expect = { reason = 'no policy had an opinion' },
    },
    {
      name = 'after the hours, the contact waits until the next morning',
      now = '2026-11-23T10:00:00Z', -- 18:00 there
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur,
      expect = { outcome = 'wait', reason = 'outside hours', ['until'] = '2026-11-24T01:00:00Z' },
    },
    {
      name = 'on Friday evening, the contact waits until Monday morning',
      now = '2026-11-20T12:00:00Z',
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur,
      expect = { outcome = 'wait', ['until'] = '2026-11-23T01:00:00Z' },
    },
    {
      name = 'the local day applies: Sunday evening in UTC is Monday there',
      now = '2026-11-22T16:30:00Z', -- Monday, 0:30 there
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur,
      expect = { outcome = 'wait', reason = 'before hours', ['until'] = '2026-11-23T01:00:00Z' },
    },
    {
      name = 'the local day also applies west of Greenwich',
      now = '2026-11-23T02:00:00Z', -- Sunday, 21:00 in New York
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = new_york,
      expect = { outcome = 'wait', reason = 'outside hours', ['until'] = '2026-11-23T14:00:00Z' },
    },
    {
      name = 'an offset need not be a whole number of hours',
      now = '2026-11-23T03:14:59Z', -- Monday, 8:59:59 there
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kathmandu,
      expect = { outcome = 'wait', reason = 'before hours', ['until'] = '2026-11-23T03:15:00Z' },
    },
    {
      name = 'with contact_zone, the contact\'s time zone applies',
      now = '2026-11-23T01:00:00Z', -- Monday, 9:00 in Kuala Lumpur, and Sunday evening in New York
      contact = { id = 'c1', utc_offset_minutes = new_york }, devices = devices, utc_offset_minutes = kuala_lumpur,
      params = { contact_zone = true },
      expect = { outcome = 'wait', reason = 'outside hours', ['until'] = '2026-11-23T14:00:00Z' },
    },
    {
      name = 'a contact without a time zone has that of the tenant',
      now = '2026-11-23T01:00:00Z',
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur, params = { contact_zone = true },
      expect = { reason = 'no policy had an opinion' },
    },
    {
      name = 'one working day per week',
      now = '2026-11-22T20:00:00Z', -- Sunday, after hours
      contact = { id = 'c1' }, devices = devices, params = { days = '7' },
      expect = { outcome = 'wait', ['until'] = '2026-11-29T09:00:00Z' },
    },
    {
      name = 'no working day at all',
      now = '2026-11-22T20:00:00Z',
      contact = { id = 'c1' }, devices = devices, params = { days = '' },
      expect = { outcome = 'wait', reason = 'no day is open', ['until'] = '2026-11-23T20:00:00Z' },
    },
  },
}
