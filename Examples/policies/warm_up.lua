-- For new numbers: a new device gets a daily cap of its own, far below its limits, which grows every day. The policy only adds
-- caps: all limits of devices still apply, and older devices are not affected.
--
-- A device is new for `days` days after its `activated_at`. A device without a known activation is not new.
-- Params: first_day (messages in the first 24 hours), growth (additional messages per day), days, max_wait (seconds).
-- When all devices are full, or have reached the cap of this policy, the contact waits for at most max_wait seconds. It does not
-- `wait_for` the fleet: a device at the cap of this policy has capacity left by its own limits, so the waitlist would be asked in
-- vain.

-- The most messages that a new device may have in 24 hours; nil for a device that is not new.
local function own_cap(device)
  local age = device.age_days
  if not age or age >= params.days then return nil end
  return params.first_day + params.growth * age
end

local function has_capacity(device)
  if not device.can_accept_more then return false end
  local cap = own_cap(device)
  return not cap or device.sent_day + device.queued + device.in_flight < cap
end

return {
  name = 'warm_up',
  description = 'New devices get few messages at first and more each day; then they are like all others.',
  params = { first_day = 20, growth = 20, days = 14, max_wait = 1800 },
  ranges = { first_day = { 0, 1000000 }, growth = { 0, 1000000 }, days = { 0, 3650 }, max_wait = { 1, 31622400 } },
  select = function(contact, fleet)
    local own = contact.device
    if own and has_capacity(own) then return use(own, 'owner') end
    for _, device in ipairs(fleet:candidates(math.max(#fleet, 1))) do
      if has_capacity(device) then
        local cap = own_cap(device)
        return use(device, cap and 'warming up, at most ' .. cap .. ' a day' or 'owner unavailable')
      end
    end
    return wait('no device can accept more, or all hold back', params.max_wait)
  end,
}
