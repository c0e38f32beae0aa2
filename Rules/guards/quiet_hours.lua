-- Queues nothing at night, from `from` to `to` of the contact's local time, by default 21 to 8. Both are times such as '21:30', or
-- hours such as 21.5. If they are equal, there are no quiet hours. `on` names the weekdays on which these hours begin, by default
-- all: with 'mon-fri' the night from Friday to Saturday is quiet, and the night from Sunday to Monday is not. `days` is another
-- rule: queues nothing all day on these weekdays, such as 'sat,sun', by default none. For a lead without a time zone, the
-- tenant's time zone applies.
--
-- If the clocks change during a wait, it ends an hour early or late. A contact that is decided too early waits again.
-- Messages that are queued already are still sent. Let the quiet hours begin early enough for the queues to empty before night.
local DAY = 86400000 -- milliseconds

local function milliseconds(hours) return math.floor(hours * 3600000 + 0.5) end

local function is_quiet_day(weekday) return contains(params.days, tostring(weekday)) end

-- Whether quiet hours begin on this weekday.
local function is_on(weekday) return contains(params.on, tostring(weekday)) end

-- The end of the quiet that covers a time of the day, in milliseconds from that day's midnight; nil if the time is not quiet.
local function quiet_until(weekday, time)
  if is_quiet_day(weekday) then return DAY end
  local from, to = milliseconds(params.from), milliseconds(params.to)
  if from < to then return time >= from and time < to and is_on(weekday) and to or nil end
  if from == to then return nil end
  if time < to then return is_on((weekday + 5) % 7 + 1) and to or nil end -- they began on the day before
  return time >= from and is_on(weekday) and DAY or nil
end

return {
  name = 'quiet_hours',
  description = 'Queues nothing at night and on quiet days, in the time zone of the contact.',
  params = { from = 21, to = 8, on = 'mon-sun', days = '' },
  ranges = { from = 'time_of_day', to = 'time_of_day', on = 'weekdays', days = 'weekdays' },
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
