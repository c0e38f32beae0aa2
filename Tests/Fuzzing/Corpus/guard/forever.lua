return { guard = function(contact, choice, fleet) while true do end end }
