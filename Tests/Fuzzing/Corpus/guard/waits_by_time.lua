return { name = 'g', guard = function(contact, choice, fleet) return wait('later', 60) end }
