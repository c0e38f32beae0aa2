local function f(...) return select('#', ...), ... end
return { select = function(a)
  local x <const> = -2 ^ 2
  local t = { f(1, nil), n = f(), [x] = not nil, ; 'z' }
  return a.step ~= 1 and wait('' .. x .. #t .. tostring(t.n), 1 and 2) or skip('a' < 'b' and 'y')
end }
