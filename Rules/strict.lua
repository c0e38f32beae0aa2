-- Use only the contact's own device, and only while it can accept more. Otherwise the contact waits, with nothing queued.
return {
  name = 'strict',
  description = 'The assigned device if it can accept more. Otherwise the contact waits.',
  params = { max_wait = 86400 }, -- the most seconds on the waitlist; then the contact is decided again
  ranges = { max_wait = { 1, 31622400 } },
  select = function(contact, fleet)
    local own = contact.device
    if not own then return wait_for(fleet, 'no assigned device', params.max_wait) end
    if own.can_accept_more then return use(own, 'owner') end
    return wait_for(own, 'owner unavailable', params.max_wait)
  end,
}
