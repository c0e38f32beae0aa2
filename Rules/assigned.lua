-- Option 1: always use the contact's own device. Messages that it cannot send now wait in its queue.
return {
  name = 'assigned',
  description = 'Always the assigned device. The message waits in its queue until the device can send.',
  params = { max_wait = 3600 }, -- seconds until a contact without a device is decided again, at the latest
  ranges = { max_wait = { 1, 31622400 } },
  queues_offline = true, -- the policy intentionally queues messages on devices that cannot send now
  select = function(contact, fleet)
    local own = contact.device
    if own then return use(own, 'owner') end
    return wait('no assigned device', params.max_wait)
  end,
}
