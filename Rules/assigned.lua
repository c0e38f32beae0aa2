-- Option 1: the contact's own device sends, whenever it can. What it cannot send now waits in its queue.
return {
  name = 'assigned',
  description = 'Always the assigned device: the message waits in its queue until the device can send.',
  params = { max_wait = 3600 }, -- seconds until a contact without a device is looked at again
  queues_offline = true, -- a device that cannot send now gets the message all the same
  select = function(contact, fleet)
    local own = contact.device
    if own then return use(own, 'owner') end
    return wait('no assigned device', params.max_wait)
  end,
}
