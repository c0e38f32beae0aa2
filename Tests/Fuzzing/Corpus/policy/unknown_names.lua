return { select = function(contact, fleet) return used(fleet:least_loadde(), string.upr('x') .. contact.devise) end }
