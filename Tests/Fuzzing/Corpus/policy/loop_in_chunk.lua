local t = {}
for i = 1, 100 do t[#t + 1] = { i, tostring(i) } end
table.sort(t, function(a, b) return a[2] < b[2] end)
return { params = { max_wait = 60 }, select = function() return wait(t[3][2], params.max_wait) end }
