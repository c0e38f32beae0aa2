-- At most `limit` moves of a contact to another device in one sequence.
--
-- The limit is one that a contact only meets when a policy passes it round. Then it waits: for its own device, or for a policy
-- that uses another one without moving it.
return {
  name = 'move_limit',
  description = 'At most so many moves of a contact in one sequence.',
  params = { limit = 20, retry = 900 },
  when = { moves = 'limit' },
  guard = function(contact, choice)
    if choice.outcome ~= 'move' or choice.device == contact.device then return nil end
    if contact.moves < params.limit then return nil end
    return wait('moved ' .. contact.moves .. ' times; the limit is ' .. params.limit, params.retry)
  end,
}
