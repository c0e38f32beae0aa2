return { guard = function(contact, choice, fleet) return wait(choice.devcie.id, 60) end }
