-- Queues nothing at night, from `from` to `to` of the contact's local time, by default 21 to 8. Both are hours such as 21.5, or
-- times such as '21:30'. If they are equal, there are no quiet hours. Queues nothing all day on the weekdays `days`, such as
-- 'sat,sun', by default none. For a lead without a time zone, the tenant's time zone applies.
--
-- If the clocks change during a wait, it ends an hour early or late. A contact that is decided too early waits again.
-- Messages that are queued already are still sent. Let the quiet hours begin early enough for the queues to empty before night.
local DAY = 86400000 -- milliseconds

local function milliseconds(hours) return math.floor(hours * 3600000 + 0.5) end

local function is_quiet_day(weekday) return contains(params.days, tostring(weekday)) end

-- The end of the quiet that covers a time of the day, in milliseconds from that day's midnight; nil if the time is not quiet.
local function quiet_until(weekday, time)
  if is_quiet_day(weekday) then return DAY end
  local from, to = milliseconds(params.from), milliseconds(params.to)
  if from < to then return time >= from and time < to and to or nil end
  if from == to then return nil end
  if time < to then return to end
  return time >= from and DAY or nil
end

return {
  name = 'quiet_hours',
  description = 'Queues nothing at night and on quiet days, in the time zone of the contact.',
  params = { from = 21, to = 8, days = '' },
  ranges = { from = 'time_of_day', to = 'time_of_day', days = 'weekdays' },
  guard = function(contact)
    local hour, minute, weekday = local_time(contact)
    local time = (hour * 60 + minute) * 60000 + now % 60000
    local ends = quiet_until(weekday, time)
    if not ends then return nil end
    -- Quiet that ends at midnight may continue on the next day.
    for ahead = 1, 7 do
      local next_end = ends == ahead * DAY and quiet_until((weekday + ahead - 1) % 7 + 1, 0)
      if not next_end then break end
      ends = ahead * DAY + next_end
    end
    if ends == 8 * DAY then ends = DAY end -- always quiet: look again at midnight
    local why = is_quiet_day(weekday) and 'quiet day where the contact is' or 'quiet hours where the contact is'
    -- Usher rounds up to a millisecond. The half keeps an inexact quotient from adding another one.
    return wait(why, (ends - time - 0.5) / 1000)
  end,
}
