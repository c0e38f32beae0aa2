-- New work is spread over the fleet: a contact's first step goes to the least loaded device, which it then keeps.
return {
  name = 'least_loaded',
  description = 'The first step moves the contact to the least loaded device; later steps stay with it.',
  params = { max_wait = 900 }, -- seconds until a contact that found no device is looked at again, at the latest
  queues_offline = true, -- a device that cannot send now gets the message all the same
  select = function(contact, fleet)
    local own = contact.device
    if own and contact.step > 1 then return use(own, 'keeps its device') end
    local least = fleet:least_loaded()
    if least then return move(least, 'least loaded') end
    return wait('no device can accept more', params.max_wait)
  end,
}
