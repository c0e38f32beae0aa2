return { select = function(contact, fleet)
  local f = { tag = 'vip', platform = 'sms', except = contact.device }
  local d = fleet:least_loaded(f) or fleet:first_available({ tag = 'vip' })
  for i, c in ipairs(fleet:candidates(2, { except = 'D1' })) do note(i .. c.id) end
  for _, c in ipairs(fleet:available()) do if c ~= d then return use(c, 'other') end end
  return use(fleet:hash(contact.phone, f) or fleet:get('D4'), 'hash')
end }
