local calls, list = 0, { n = { 1 } }
return { select = function(contact)
  calls = calls + 1
  pcall(function() list.n[1] = calls end)
  list = { calls }
  return wait('calls ' .. calls .. ' ' .. tostring(#list), 1)
end }
