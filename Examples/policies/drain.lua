-- For a device that leaves the fleet: its contacts move to other devices over the day that its tag names, such as
-- 'drain:2026-11-22', so that no device has to take over all contacts at once. At midnight no contact has moved, at noon half
-- of them, at the end of the day all. A contact moves only when a step is due: retire the device when every contact has had one.
--
-- The day is a day in the tenant's time zone.
-- Params: max_wait (seconds).
-- When all other devices are full, a contact keeps the leaving device while that can accept more. If it cannot, the contact
-- waits for at most max_wait seconds. Contacts of other devices and new contacts never get a device that leaves.

-- The number of a day, counted with years that begin in March.
local function number_of(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  local days_of_years = 365 * year + year // 4 - year // 100 + year // 400
  return days_of_years + (153 * (month - 3) + 2) // 5 + day
end

-- The number of a day written as '2026-11-22'; nil for any other text.
local function number_of_date(date)
  local parts = split(date, '-')
  local year, month, day = tonumber(parts[1]), tonumber(parts[2] or ''), tonumber(parts[3] or '')
  return year and month and day and number_of(year, month, day)
end

-- The share of the device's last day that is over: below 0 before that day, from 1 after it, nil for a device that stays.
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

-- A number from 0 to below 1 that depends only on the text.
local function place_of(text)
  local sum = 0
  for i = 1, #text do sum = (sum * 131 + text:byte(i)) % 1000003 end
  -- Similar texts such as L1 and L2 get distant numbers: 618034 is 1000003 divided by the golden ratio.
  return sum * 618034 % 1000003 / 1000003
end

-- The least loaded device that stays; nil if none can accept more.
local function staying(fleet)
  for _, device in ipairs(fleet:candidates(math.max(#fleet, 1))) do
    if not share_gone(device) then return device end
  end
  return nil
end

return {
  name = 'drain',
  description = "Moves the contacts of a device tagged 'drain:DATE' to other devices during that day, a few at a time.",
  params = { max_wait = 900 },
  ranges = { max_wait = { 1, 31622400 } },
  select = function(contact, fleet)
    local own = contact.device
    local gone = own and share_gone(own)
    local is_its_turn = gone and place_of(contact.id) < gone
    if own and own.can_accept_more and not is_its_turn then return use(own, 'owner') end
    local other = staying(fleet)
    if other and is_its_turn then return move(other, own.id .. ' is being drained') end
    if other then return use(other, own and 'owner unavailable' or 'no assigned device') end
    if own and own.can_accept_more then return use(own, 'nobody else can take over yet') end
    return wait_for(fleet, 'no device can accept more', params.max_wait)
  end,
}
