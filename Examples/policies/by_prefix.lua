-- For fleets in several countries: a contact is written to from a number of its own country. Devices are tagged with the
-- prefix that they serve, as in '+60'. A contact whose prefix nobody serves gets any device.
--
-- Params: max_wait (seconds).
-- When all devices of the country are full, any other sends; when those are full too, the contact waits for at most max_wait
-- seconds.
local prefixes = { '+60', '+65', '+49' } -- the first that fits decides, so longer prefixes stand before shorter ones

local function prefix_of(phone)
  for _, prefix in ipairs(prefixes) do
    if phone and starts_with(phone, prefix) then return prefix end
  end
  return nil
end

return {
  name = 'by_prefix',
  description = "A device tagged with the phone's prefix, or any device if there is none.",
  params = { max_wait = 900 }, -- seconds until a contact that found no device is looked at again, at the latest
  select = function(contact, fleet)
    local prefix = prefix_of(contact.phone)
    local own = contact.device
    if own and own.can_accept_more and prefix and contains(own.tags, prefix) then return use(own, 'owner') end
    local local_device = prefix and fleet:least_loaded({ tag = prefix })
    if local_device then return use(local_device, 'serves ' .. prefix) end
    local any = fleet:least_loaded()
    if any then return use(any, 'no device serves ' .. (prefix or 'this prefix')) end
    return wait('no device can accept more', params.max_wait)
  end,
}
