return { select = function()
  local t = { b = 1, a = 2, [2] = 1, [1.5] = 1, [true] = 1, [false] = 0, ['10'] = 1 }
  local s = ''
  for k, v in pairs(t) do s = s .. tostring(k) t[k] = nil end
  for k in pairs({ [{}] = 1, [function() end] = 2 }) do s = s .. 'x' end
  return wait(s, 1)
end }
