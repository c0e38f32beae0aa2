-- For fleets in several countries: a contact gets its messages from a number of its own country. Each device has a tag with
-- the prefix that it serves, such as '+60'. If no device serves a contact's prefix, the contact gets any device.
--
-- Params: max_wait (seconds).
-- When all devices of the country are full, any other device sends. If those are full too, the contact waits for at most
-- max_wait seconds.
local prefixes = { '+60', '+65', '+49' } -- the first match applies, so list longer prefixes before shorter ones

local function prefix_of(phone)
  for _, prefix in ipairs(prefixes) do
    if phone and starts_with(phone, prefix) then return prefix end
  end
  return nil
end

return {
  name = 'by_prefix',
  description = "A device tagged with the prefix of the phone number, or any device if there is none.",
  params = { max_wait = 900 }, -- seconds until a contact without a free device is decided again, at the latest
  ranges = { max_wait = { 1, 31622400 } },
  select = function(contact, fleet)
    local prefix = prefix_of(contact.phone)
    local own = contact.device
    if own and own.can_accept_more and prefix and contains(own.tags, prefix) then return use(own, 'owner') end
    local local_device = prefix and fleet:least_loaded({ tag = prefix })
    if local_device then return use(local_device, 'serves ' .. prefix) end
    local any = fleet:least_loaded()
    if any then return use(any, 'no device serves ' .. (prefix or 'this prefix')) end
    return wait_for(fleet, 'no device can accept more', params.max_wait)
  end,
}
