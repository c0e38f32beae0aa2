-- Contacts tagged 'vip' are served by the devices tagged 'vip'. Everybody else is no business of this policy: put it
-- before another one, as in "policy": ["vip", "fallback"].
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
