return { guard = function(contact, choice, fleet return wait('x', 1) end }
