return { select = function() end, guard = function() return wait('x', 1) end }
