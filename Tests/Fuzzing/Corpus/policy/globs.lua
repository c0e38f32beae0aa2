return { select = function(contact)
  local s = ('ab'):rep(50)
  if glob(s, '*a?*b') and starts_with(s, 'ab') and not ends_with(s, 'a') then
    return wait(table.concat(split(s, 'b'), '+'), 5)
  end
end }
