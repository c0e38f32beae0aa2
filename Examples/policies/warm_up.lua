-- For numbers that are new: a young device gets caps of its own, far below its limits, which grow from day to day. It adds
-- restraint and takes none away: older devices, and every limit of the network and of the store, stay as they are.
--
-- A device is young for `days` days after the date of its tag, as in 'new:2026-11-20' (UTC).
-- Params: first_day (messages of the first 24 hours), growth (how many more each day), days, max_wait (seconds).
-- When all are full, or hold back, the contact waits for at most max_wait seconds.

-- The day of a date since 1970-01-01, or nil: the usual count with years that begin in March.
local function day_of(date)
  local parts = split(date, '-')
  local year, month, day = tonumber(parts[1]), tonumber(parts[2] or ''), tonumber(parts[3] or '')
  if not (year and month and day) then return nil end
  if month <= 2 then year, month = year - 1, month + 12 end
  local days_of_years = 365 * year + year // 4 - year // 100 + year // 400
  return days_of_years + (153 * (month - 3) + 2) // 5 + day - 719469
end

-- How many messages of 24 hours a young device may have in all, or nil for one that is not young.
local function own_cap(device)
  for _, tag in ipairs(device.tags) do
    local born = starts_with(tag, 'new:') and day_of(tag:sub(5))
    local age = born and now // 86400000 - born
    if age and age < params.days then return params.first_day + params.growth * math.max(age, 0) end
  end
  return nil
end

local function has_room(device)
  if not device.can_accept_more then return false end
  local cap = own_cap(device)
  return not cap or device.sent_day + device.queued + device.in_flight < cap
end

return {
  name = 'warm_up',
  description = 'New devices get few messages at first, more each day; then they are as any other.',
  params = { first_day = 20, growth = 20, days = 14, max_wait = 1800 },
  select = function(contact, fleet)
    local own = contact.device
    if own and has_room(own) then return use(own, 'owner') end
    for _, device in ipairs(fleet:candidates(math.max(#fleet, 1))) do
      if has_room(device) then
        local cap = own_cap(device)
        return use(device, cap and 'warming up, at most ' .. cap .. ' a day' or 'owner unavailable')
      end
    end
    return wait('no device can accept more, or all hold back', params.max_wait)
  end,
}
