-- Option 3: like fallback, but the contact is then assigned to the device that took over.
return {
  name = 'reassign',
  description = 'The assigned device. If it cannot send, the least loaded one, which becomes the assigned device.',
  params = { max_wait = 86400 }, -- the most seconds on the waitlist; then the contact is decided again
  ranges = { max_wait = { 1, 31622400 } },
  select = function(contact, fleet)
    local own = contact.device
    if own and own.can_accept_more then return use(own, 'owner') end
    local other = fleet:least_loaded()
    if other then return move(other, own and 'owner unavailable' or 'no assigned device') end
    return wait_for(fleet, 'no device can accept more', params.max_wait)
  end,
}
