return { guard = function(contact, choice, fleet) return skip('never') end }
