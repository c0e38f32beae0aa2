-- At most `limit` messages to a lead in any 24 hours, counting all sequences of the lead.
--
-- The default limit is so high that only mistakes reach it: a sequence without delays, or a lead that is in many sequences at
-- once.
-- The guard does not know when the oldest message leaves the 24 hours, so the contact is decided again after `retry` seconds.
return {
  name = 'daily_limit',
  description = 'Limits the number of messages to a lead in 24 hours.',
  params = { limit = 24, retry = 3600 },
  ranges = { limit = { 1, 1000000 }, retry = { 1, 31622400 } },
  when = { messages_day = 'limit' },
  guard = function(contact)
    if contact.messages_day < params.limit then return nil end
    return wait(contact.messages_day .. ' messages in 24 hours; the limit is ' .. params.limit, params.retry)
  end,
}
