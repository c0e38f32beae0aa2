-- For numbers that are new: a young device gets caps of its own, far below its limits, which grow from day to day. It adds
-- restraint and takes none away: older devices, and every limit of the network and of the store, stay as they are.
--
-- A device is young for `days` days after its `activated_at`. One whose activation is not known is not young.
-- Params: first_day (messages of the first 24 hours), growth (how many more each day), days, max_wait (seconds).
-- When all are full, or hold back, the contact waits for at most max_wait seconds.

-- How many messages of 24 hours a young device may have in all, or nil for one that is not young.
local function own_cap(device)
  local age = device.age_days
  if not age or age >= params.days then return nil end
  return params.first_day + params.growth * age
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
