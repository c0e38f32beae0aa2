return { guard = function(contact, choice, fleet) return use(choice.device, 'mine') end }
