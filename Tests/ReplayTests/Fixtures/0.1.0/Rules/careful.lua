-- Waits for the assigned device a while, and fails for a contact whose city is a number.
return {
  name = 'careful',
  description = 'The assigned device, and a short wait while it cannot send.',
  params = { grace = 600.5, prefix = 'city ' },
  select = function(contact, fleet)
    local own = contact.device
    local city = contact.attributes.city
    if city == 'nowhere' then error('there is no such city') end
    if own and own.can_accept_more then return use(own, params.prefix .. (city or 'unknown')) end
    if #fleet == 0 then return skip('no devices') end
    return wait('the assigned device cannot send', params.grace)
  end,
}
