return { params = { limit = 2 }, when = { messages_day = 1 }, guard = function(contact, choice, fleet) if contact.messages_day >= params.limit then return wait('enough', 3600) end end }
