-- At most `limit` messages to a lead in any 24 hours, over all the sequences that it is in.
--
-- The limit is one that no sequence meets by intention: what does is a sequence without delays, or a lead that is in many of
-- them at once.
-- Nothing says when the oldest of the messages leaves the 24 hours, so the contact is looked at again every `retry` seconds.
return {
  name = 'daily_limit',
  description = 'At most so many messages to a lead in 24 hours.',
  params = { limit = 24, retry = 3600 },
  when = { messages_day = 'limit' },
  guard = function(contact)
    if contact.messages_day < params.limit then return nil end
    return wait(contact.messages_day .. ' messages in 24 hours; the limit is ' .. params.limit, params.retry)
  end,
}
