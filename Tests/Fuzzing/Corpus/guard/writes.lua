return { guard = function(contact, choice, fleet) choice.device = nil contact.id = 'x' end }
