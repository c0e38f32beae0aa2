-- Nothing is queued while it is night where the contact is: from `from` to `to`, hours of its day, 21 to 8 unless told otherwise.
-- Where a lead has no zone of its own, the tenant's counts. The same hour for both is no quiet hour at all.
--
-- What was queued before is sent when its device may: leave as much time before the night as the queues are long.
return {
  name = 'quiet_hours',
  description = 'Nothing is queued while it is night where the contact is.',
  params = { from = 21, to = 8 },
  guard = function(contact)
    local hour, minute = local_time(contact)
    local is_quiet = hour >= params.from and hour < params.to
    -- Over midnight.
    if params.from > params.to then is_quiet = hour >= params.from or hour < params.to end
    if not is_quiet then return nil end
    local minutes = (params.to * 60 - hour * 60 - minute) % 1440
    return wait('quiet hours where the contact is', minutes * 60 - now // 1000 % 60)
  end,
}
