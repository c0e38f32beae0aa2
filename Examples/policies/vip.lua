-- For teams that reserve devices for important contacts: contacts tagged 'vip' get devices tagged 'vip'. The policy has no
-- opinion on other contacts, so list another policy after it: "policy": ["vip", "fallback"].
--
-- Params: vip_wait (seconds).
-- When all VIP devices are full, a VIP waits for at most vip_wait seconds and does not get an ordinary device.
return {
  name = 'vip',
  description = "VIP contacts use the devices tagged 'vip'; no opinion on other contacts.",
  params = { vip_wait = 300 }, -- seconds until a VIP without a free device is decided again, at the latest
  ranges = { vip_wait = { 1, 31622400 } },
  select = function(contact, fleet)
    if not contains(contact.tags, 'vip') then return nil end
    local own = contact.device
    if own and own.can_accept_more and contains(own.tags, 'vip') then return use(own, 'owner is a VIP device') end
    local desk = fleet:least_loaded({ tag = 'vip' })
    if desk then return use(desk, 'VIP device') end
    return wait_for({ tag = 'vip' }, 'no VIP device can accept more', params.vip_wait)
  end,
}
