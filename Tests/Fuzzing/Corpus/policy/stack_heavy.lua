return { select = function()
  local s = ''
  for i = 1, 60 do s = s .. string.char(i % 256, 200) end
  local t = { table.unpack({}, 1, 200) }
  return wait(s:upper():reverse():sub(-20) .. #s .. s:byte(-1), #t)
end }
