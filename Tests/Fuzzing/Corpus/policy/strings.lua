return { select = function()
  local s = "a\x41\u{1F600}\z
    \065\n\"" .. [==[
]] ]==] .. 'it''s'
  return wait(s, 1)
end }
