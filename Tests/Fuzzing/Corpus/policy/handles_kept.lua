local kept
return { select = function(contact, fleet)
  pcall(function() kept = kept or contact.tags end)
  local t = { [fleet[1]] = 1, [fleet] = 2, [contact] = 3 }
  for k, v in pairs(t) do note(tostring(k) .. v) end
  return use(fleet[1], tostring(kept[1]))
end }
