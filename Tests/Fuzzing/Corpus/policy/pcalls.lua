return { select = function(contact, fleet)
  note(select(2, pcall(error, 'x', 2)))
  note(select(2, pcall(fleet.least_loaded, fleet, { foo = 1 })) .. select(2, pcall(function() return contact.devise end)))
  local ok, e = pcall(pcall, error, { contact })
  assert(ok, 'message')
  pcall(function() while true do pcall(error) end end)
end }
