-- Queues nothing at night: from hour `from` to hour `to` of the contact's local time, by default 21 to 8. For a lead without a
-- time zone, the tenant's time zone applies. If `from` and `to` are equal, there are no quiet hours.
--
-- Messages that are queued already are still sent. Let the quiet hours begin early enough for the queues to empty before night.
return {
  name = 'quiet_hours',
  description = 'Queues nothing at night, in the time zone of the contact.',
  params = { from = 21, to = 8 },
  guard = function(contact)
    local hour, minute = local_time(contact)
    local is_quiet = hour >= params.from and hour < params.to
    -- The quiet hours include midnight.
    if params.from > params.to then is_quiet = hour >= params.from or hour < params.to end
    if not is_quiet then return nil end
    local minutes = (params.to * 60 - hour * 60 - minute) % 1440
    return wait('quiet hours where the contact is', minutes * 60 - now // 1000 % 60)
  end,
}
