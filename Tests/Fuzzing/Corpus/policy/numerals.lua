return { select = function()
  local a, b, c = 0x7fffffffffffffff, 0x.8p1, 1e-5
  local d = 3 // 0.0 + 5 % -3 ~ 2 >> 1 << 63 | 7 & ~1
  return wait(tostring(math.tointeger(3.0)) .. a + 1 .. b ^ 2, c)
end }
