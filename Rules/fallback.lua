-- Option 2: use the contact's own device if it can accept more, otherwise the least loaded one. The assignment stays.
return {
  name = 'fallback',
  description = 'The assigned device, or the least loaded one while the assigned one cannot send.',
  params = { max_wait = 86400 }, -- the most seconds on the waitlist; then the contact is decided again
  ranges = { max_wait = { 1, 31622400 } },
  select = function(contact, fleet)
    local own = contact.device
    if own and own.can_accept_more then return use(own, 'owner') end
    local other = fleet:least_loaded()
    if other then return use(other, own and 'owner unavailable' or 'no assigned device') end
    return wait_for(fleet, 'no device can accept more', params.max_wait)
  end,
}
