-- Lets nobody begin whose lead is tagged `later`.
return {
  name = 'first_step',
  description = 'Keeps leads back that are tagged `later`.',
  params = { retry = 1800 },
  guard = function(contact)
    for _, tag in ipairs(contact.tags) do
      if tag == 'later' then return wait('not yet', params.retry) end
    end
    return nil
  end,
}
