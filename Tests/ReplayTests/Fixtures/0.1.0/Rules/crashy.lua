-- Fails each time, so that it is suspended.
return {
  name = 'crashy',
  description = 'Fails.',
  select = function(contact)
    if contact.step > 0 then error('always') end
    return skip('never reached')
  end,
}
