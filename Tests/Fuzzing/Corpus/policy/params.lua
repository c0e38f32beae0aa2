return {
  name = 'p', description = [[
text]], params = { n = 1, f = 0.5, s = 'x', b = true, long = ('y'):rep(400) },
  select = function() return wait(params.s .. params.n .. params.f .. tostring(params.b), params.n) end,
}
