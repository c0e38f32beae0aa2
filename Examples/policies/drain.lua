-- For a device that leaves: over the day of its tag, as in 'drain:2026-11-22', its contacts move to others a few at a time,
-- so that nobody takes over a whole book at once. At midnight none has moved, at noon every second one, at the end all. A
-- contact moves when its step is due, so retire the device once those that write seldom have had a turn.
--
-- The day is that of the tenant's zone.
-- Params: max_wait (seconds).
-- When all others are full, a contact stays on the leaving device while that can accept more, else it waits for at most
-- max_wait seconds. Contacts of other devices, and new ones, never go to a device that leaves.

-- The number of a day: the usual count with years that begin in March.
local function number_of(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  local days_of_years = 365 * year + year // 4 - year // 100 + year // 400
  return days_of_years + (153 * (month - 3) + 2) // 5 + day
end

-- The same of a date as in '2026-11-22', or nil.
local function number_of_date(date)
  local parts = split(date, '-')
  local year, month, day = tonumber(parts[1]), tonumber(parts[2] or ''), tonumber(parts[3] or '')
  return year and month and day and number_of(year, month, day)
end

-- How much of its day is over: below 0 before it, nil for a device that stays.
local function share_gone(device)
  for _, tag in ipairs(device.tags) do
    local leaving = starts_with(tag, 'drain:') and number_of_date(tag:sub(7))
    if leaving then
      local hour, minute, _, day, month, year = local_time()
      return number_of(year, month, day) - leaving + (hour * 60 + minute) / 1440
    end
  end
  return nil
end

-- From 0 to below 1, always the same for the same text.
local function place_of(text)
  local sum = 0
  for i = 1, #text do sum = (sum * 131 + text:byte(i)) % 1000003 end
  -- Neighbours, as L1 and L2 are, end far apart: 618034 is the golden share of 1000003.
  return sum * 618034 % 1000003 / 1000003
end

local function staying(fleet)
  for _, device in ipairs(fleet:candidates(math.max(#fleet, 1))) do
    if not share_gone(device) then return device end
  end
  return nil
end

return {
  name = 'drain',
  description = "Moves the contacts of a device tagged 'drain:DATE' to others over that day, a few at a time.",
  params = { max_wait = 900 },
  select = function(contact, fleet)
    local own = contact.device
    local gone = own and share_gone(own)
    local is_its_turn = gone and place_of(contact.id) < gone
    if own and own.can_accept_more and not is_its_turn then return use(own, 'owner') end
    local other = staying(fleet)
    if other and is_its_turn then return move(other, own.id .. ' is being drained') end
    if other then return use(other, own and 'owner unavailable' or 'no assigned device') end
    if own and own.can_accept_more then return use(own, 'nobody else can take over yet') end
    return wait('no device can accept more', params.max_wait)
  end,
}
