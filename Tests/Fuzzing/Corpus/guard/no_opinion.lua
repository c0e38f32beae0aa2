return { guard = function(contact, choice, fleet) note(choice.device.id) return nil end }
