-- For teams with devices that are kept for important contacts: those tagged 'vip' are served by the devices tagged 'vip'.
-- Everybody else is no business of this policy: put it before another one, as in "policy": ["vip", "fallback"].
--
-- Params: vip_wait (seconds).
-- When all VIP devices are full, a VIP waits for at most vip_wait seconds; it is not handed to an ordinary device.
return {
  name = 'vip',
  description = "VIP contacts go to the devices tagged 'vip'; no opinion on others.",
  params = { vip_wait = 300 }, -- seconds until a VIP that found no device is looked at again, at the latest
  select = function(contact, fleet)
    if not contains(contact.tags, 'vip') then return nil end
    local own = contact.device
    if own and own.can_accept_more and contains(own.tags, 'vip') then return use(own, 'owner is a VIP device') end
    local desk = fleet:least_loaded({ tag = 'vip' })
    if desk then return use(desk, 'VIP device') end
    return wait('no VIP device can accept more', params.vip_wait)
  end,
}
