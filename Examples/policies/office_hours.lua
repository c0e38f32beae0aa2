-- For tenants that write on certain days and at certain hours alone, by the clocks of their own zone ("time_zone" of the
-- tenant); with contact_zone, by those where the contact is. Inside them it has no opinion, so it stands before another
-- policy: "policy": ["office_hours", "fallback"].
--
-- A wait is asked for in seconds. Where clocks are set forward or back in between, it ends an hour off, and the contact is
-- looked at again: too early it waits once more, too late it goes on late that once.
-- Params: opens and closes (hours of the local day; closes may be 24), days (the open ones, Monday is 1, as in '12345'),
-- contact_zone (true: the contact's zone).
-- When all are full: not its business, the next policy says.

local HOUR = 3600
local DAY = 24 * HOUR

local function is_open_on(weekday) return contains(params.days, tostring(weekday)) end

return {
  name = 'office_hours',
  description = 'No message outside the hours and weekdays of the tenant; inside them no opinion.',
  params = { opens = 9, closes = 18, days = '12345', contact_zone = false },
  select = function(contact)
    local hour, minute, weekday = local_time()
    if params.contact_zone then hour, minute, weekday = local_time(contact) end
    local second = hour * HOUR + minute * 60 + now // 1000 % 60
    if is_open_on(weekday) then
      if second < params.opens * HOUR then return wait('before hours', params.opens * HOUR - second) end
      if second < params.closes * HOUR then return nil end
    end
    for ahead = 1, 7 do
      if is_open_on((weekday + ahead - 1) % 7 + 1) then
        return wait('outside hours', ahead * DAY + params.opens * HOUR - second)
      end
    end
    return wait('no day is open', DAY)
  end,
}
