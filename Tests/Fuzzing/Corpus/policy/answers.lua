return { select = function(contact, fleet)
  if contact.step == 1 then return use('D1', 'one') end
  if contact.attempts > 0 then return move(fleet[4], 'two') end
  if contact.name then return skip('three') end
  return wait('four', 60)
end }
