-- At most `limit` moves of a contact to another device in one sequence.
--
-- The default limit is so high that a contact reaches it only if a policy moves it back and forth. The contact then waits
-- until the policy chooses its own device, or uses another device without a move.
return {
  name = 'move_limit',
  description = 'Limits the number of moves of a contact in one sequence.',
  params = { limit = 20, retry = 900 },
  ranges = { limit = { 0, 1000000 }, retry = { 1, 31622400 } },
  when = { moves = 'limit' },
  guard = function(contact, choice)
    if choice.outcome ~= 'move' or choice.device == contact.device then return nil end
    if contact.moves < params.limit then return nil end
    return wait('moved ' .. contact.moves .. ' times; the limit is ' .. params.limit, params.retry)
  end,
}
