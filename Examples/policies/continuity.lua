-- For tenants whose contacts should always hear from the same number, without assigning devices by hand: rendezvous hashing of
-- the phone number gives each contact a home device. A device that joins or leaves moves only its own share of the contacts.
-- A contact that used its substitute for a day returns to its home by itself.
--
-- Params: tag (only devices with this tag; '' means all devices), max_wait (seconds).
-- When home cannot accept more, one substitute sends, which is always the same for a contact. If neither can, the contact
-- waits for its home, at most max_wait seconds, even if other devices are free: a third number would break the continuity.

return {
  name = 'continuity',
  description = 'Each contact has a home device and one substitute, which stay the same when the fleet changes.',
  params = { tag = '', max_wait = 1800 },
  ranges = { max_wait = { 1, 31622400 } },
  select = function(contact, fleet)
    local key = contact.phone or contact.id
    local tag = params.tag ~= '' and params.tag or nil
    local home = fleet:hash(key, { tag = tag })
    if not home then return wait('no device has the tag', params.max_wait) end
    if home.can_accept_more then return use(home, 'home') end
    local stand_in = fleet:hash(key, { tag = tag, except = home })
    if stand_in and stand_in.can_accept_more then return use(stand_in, 'stands in for ' .. home.id) end
    return wait_for(home, 'neither home nor its substitute can accept more', params.max_wait)
  end,
}
