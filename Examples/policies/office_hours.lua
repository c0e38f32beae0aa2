-- For tenants that send only on certain days and at certain hours, in the tenant's time zone (its "time_zone") or, with
-- contact_zone, in the contact's. During these hours the policy has no opinion, so list another policy after it:
-- "policy": ["office_hours", "fallback"].
--
-- A wait is a number of seconds. If daylight saving time begins or ends during a wait, the wait ends an hour early or late. A
-- contact that is decided too early waits again; one that is decided too late is late once.
-- Params: opens and closes (hours of the local day such as 9 or 9.5, or times such as '9:30'; closes may be 24), days (the
-- working days, as in 'mon,tue' or '12345'; Monday is 1), contact_zone (true: use the contact's time zone).
-- When all devices are full, the next policy decides; this one looks only at the time.

local HOUR = 3600
local DAY = 24 * HOUR

local function seconds(hours) return math.floor(hours * HOUR + 0.5) end

local function is_open_on(weekday) return contains(params.days, tostring(weekday)) end

return {
  name = 'office_hours',
  description = 'Sends nothing outside the hours and weekdays of the tenant, and has no opinion inside them.',
  params = { opens = 9, closes = 18, days = '12345', contact_zone = false },
  ranges = { opens = 'time_of_day', closes = 'time_of_day', days = 'weekdays' },
  select = function(contact)
    local hour, minute, weekday = local_time()
    if params.contact_zone then hour, minute, weekday = local_time(contact) end
    local second = hour * HOUR + minute * 60 + now // 1000 % 60
    local opens, closes = seconds(params.opens), seconds(params.closes)
    if is_open_on(weekday) then
      if second < opens then return wait('before hours', opens - second) end
      if second < closes then return nil end
    end
    for ahead = 1, 7 do
      if is_open_on((weekday + ahead - 1) % 7 + 1) then
        return wait('outside hours', ahead * DAY + opens - second)
      end
    end
    return wait('no day is open', DAY)
  end,
}
