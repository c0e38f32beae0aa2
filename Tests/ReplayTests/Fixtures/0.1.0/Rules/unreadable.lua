return { name = 'unreadable', select = function(contact, fleet) return use(fleet[1], 'first' end }
