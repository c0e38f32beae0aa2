-- For tenants that write on certain days and at certain hours alone. Inside them it has no opinion, so it stands before
-- another policy: "policy": ["office_hours", "fallback"].
--
-- Policies do not know time zones: `utc_offset_minutes` is the zone's distance from UTC, 480 for Kuala Lumpur. It stays the
-- same all year, so **daylight saving is not in it**: where clocks change, the tenant's value has to, twice a year.
-- Params: utc_offset_minutes, opens and closes (hours of the local day; closes may be 24), days (the open ones, Monday
-- is 1, as in '12345').
-- When all are full: not its business, the next policy says.

local HOUR = 3600
local DAY = 24 * HOUR

-- Seconds of the local day, and its number in the week: Monday is 1.
local function local_time()
  local seconds = now // 1000 + params.utc_offset_minutes * 60
  -- 1970 began on a Thursday.
  return seconds % DAY, (seconds // DAY + 3) % 7 + 1
end

local function is_open_on(weekday) return contains(params.days, tostring(weekday)) end

return {
  name = 'office_hours',
  description = 'No message outside the hours and weekdays of the tenant; inside them no opinion.',
  params = { utc_offset_minutes = 0, opens = 9, closes = 18, days = '12345' },
  select = function()
    local second, weekday = local_time()
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
