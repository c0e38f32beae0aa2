return { select = function(contact, fleet)
  pcall(function() contact.phone = 1 end) pcall(function() fleet[1].queued = 0 end)
  pcall(function() params.x = 1 end) pcall(function() string.rep = nil end) pcall(function() use = nil end)
  pcall(table.insert, string, 1) pcall(table.sort, params)
  counter = 1
end }
