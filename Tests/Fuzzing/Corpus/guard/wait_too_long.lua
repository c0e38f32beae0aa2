return { guard = function() return wait('x', 1e12) end }
