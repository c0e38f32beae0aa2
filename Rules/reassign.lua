-- Option 3: as fallback, and the contact belongs to the device that took over from then on.
return {
  name = 'reassign',
  description = 'The assigned device, or the least loaded one, which then becomes the assigned one.',
  params = { max_wait = 900 }, -- seconds until a contact that found no device is looked at again, at the latest
  select = function(contact, fleet)
    local own = contact.device
    if own and own.can_accept_more then return use(own, 'owner') end
    local other = fleet:least_loaded()
    if other then return move(other, own and 'owner unavailable' or 'no assigned device') end
    return wait('no device can accept more', params.max_wait)
  end,
}
