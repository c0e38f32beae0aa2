-- For tenants whose contacts should always hear from the same number, without anybody assigning them: each contact has a
-- home by rendezvous hashing of its phone number. A device that comes or goes moves its own share of the contacts and
-- nobody else, and a contact that stood in for a day goes back home by itself.
--
-- Params: tag (only devices with this tag; '' is all), max_wait (seconds).
-- When home cannot accept more, its one stand-in sends: again the same for each contact. When neither can, the contact
-- waits for at most max_wait seconds, though others may be free: three numbers are no continuity.

return {
  name = 'continuity',
  description = 'Each contact has a home device, and one stand-in for it, that stay the same as the fleet changes.',
  params = { tag = '', max_wait = 1800 },
  select = function(contact, fleet)
    local key = contact.phone or contact.id
    local tag = params.tag ~= '' and params.tag or nil
    local home = fleet:hash(key, { tag = tag })
    if not home then return wait('no device has the tag', params.max_wait) end
    if home.can_accept_more then return use(home, 'home') end
    local stand_in = fleet:hash(key, { tag = tag, except = home })
    if stand_in and stand_in.can_accept_more then return use(stand_in, 'stands in for ' .. home.id) end
    return wait('neither home nor its stand-in can accept more', params.max_wait)
  end,
}
