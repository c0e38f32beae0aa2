-- 2026-11-22 is a Sunday. A device is there, and free: were all of them full, a wait could end earlier.
local devices = { { id = 'D1' } }
-- Minutes from UTC.
local kuala_lumpur, kathmandu, new_york = 480, 345, -300

return {
  policy = 'office_hours',
  cases = {
    {
      name = 'inside the hours it has no opinion',
      now = '2026-11-23T01:00:00Z', -- Monday, 9:00 there
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur,
      expect = { outcome = 'wait', reason = 'no policy had an opinion' },
    },
    {
      name = 'before them the contact waits until they begin',
      now = '2026-11-23T00:59:59Z',
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur,
      expect = { outcome = 'wait', reason = 'before hours', ['until'] = '2026-11-23T01:00:00Z' },
    },
    {
      name = 'the last second is inside',
      now = '2026-11-23T09:59:59Z',
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur,
      expect = { reason = 'no policy had an opinion' },
    },
    {
      name = 'after them it waits for the next morning',
      now = '2026-11-23T10:00:00Z', -- 18:00 there
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur,
      expect = { outcome = 'wait', reason = 'outside hours', ['until'] = '2026-11-24T01:00:00Z' },
    },
    {
      name = 'on Friday evening for Monday morning',
      now = '2026-11-20T12:00:00Z',
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur,
      expect = { outcome = 'wait', ['until'] = '2026-11-23T01:00:00Z' },
    },
    {
      name = 'the local day counts: Sunday evening in UTC is Monday there',
      now = '2026-11-22T16:30:00Z', -- Monday, 0:30 there
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur,
      expect = { outcome = 'wait', reason = 'before hours', ['until'] = '2026-11-23T01:00:00Z' },
    },
    {
      name = 'west of Greenwich too',
      now = '2026-11-23T02:00:00Z', -- Sunday, 21:00 in New York
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = new_york,
      expect = { outcome = 'wait', reason = 'outside hours', ['until'] = '2026-11-23T14:00:00Z' },
    },
    {
      name = 'not all zones are whole hours away',
      now = '2026-11-23T03:14:59Z', -- Monday, 8:59:59 there
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kathmandu,
      expect = { outcome = 'wait', reason = 'before hours', ['until'] = '2026-11-23T03:15:00Z' },
    },
    {
      name = 'the contact\'s clock counts where the tenant says so',
      now = '2026-11-23T01:00:00Z', -- Monday, 9:00 in Kuala Lumpur, and Sunday evening in New York
      contact = { id = 'c1', utc_offset_minutes = new_york }, devices = devices, utc_offset_minutes = kuala_lumpur,
      params = { contact_zone = true },
      expect = { outcome = 'wait', reason = 'outside hours', ['until'] = '2026-11-23T14:00:00Z' },
    },
    {
      name = 'a contact without a zone of its own is in the tenant\'s',
      now = '2026-11-23T01:00:00Z',
      contact = { id = 'c1' }, devices = devices, utc_offset_minutes = kuala_lumpur, params = { contact_zone = true },
      expect = { reason = 'no policy had an opinion' },
    },
    {
      name = 'one open day a week',
      now = '2026-11-22T20:00:00Z', -- Sunday, after hours
      contact = { id = 'c1' }, devices = devices, params = { days = '7' },
      expect = { outcome = 'wait', ['until'] = '2026-11-29T09:00:00Z' },
    },
    {
      name = 'no open day at all',
      now = '2026-11-22T20:00:00Z',
      contact = { id = 'c1' }, devices = devices, params = { days = '' },
      expect = { outcome = 'wait', reason = 'no day is open', ['until'] = '2026-11-23T20:00:00Z' },
    },
  },
}
