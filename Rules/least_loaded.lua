-- Spread new contacts over the fleet: the first step uses the least loaded device, and the contact keeps that device.
return {
  name = 'least_loaded',
  description = 'The first step moves the contact to the least loaded device; later steps use that device.',
  params = { max_wait = 86400 }, -- the most seconds on the waitlist; then the contact is decided again
  ranges = { max_wait = { 1, 31622400 } },
  queues_offline = true, -- the policy intentionally queues messages on devices that cannot send now
  select = function(contact, fleet)
    local own = contact.device
    if own and contact.step > 1 then return use(own, 'keeps its device') end
    local least = fleet:least_loaded()
    if least then return move(least, 'least loaded') end
    return wait_for(fleet, 'no device can accept more', params.max_wait)
  end,
}
