-- Option 2: the contact's own device if it can accept more, else the least loaded one. The contact stays where it was.
return {
  name = 'fallback',
  description = 'The assigned device, or the least loaded one while it cannot send.',
  params = { max_wait = 900 }, -- seconds until a contact that found no device is looked at again, at the latest
  select = function(contact, fleet)
    local own = contact.device
    if own and own.can_accept_more then return use(own, 'owner') end
    local other = fleet:least_loaded()
    if other then return use(other, own and 'owner unavailable' or 'no assigned device') end
    return wait('no device can accept more', params.max_wait)
  end,
}
