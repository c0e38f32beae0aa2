return { select = function(contact, fleet)
  local d = contact.device or fleet:first_available()
  note(contact.id .. contact.sequence .. #contact.tags .. tostring(contact.attributes.city))
  note(d.id .. d.name .. d.status .. d.platform .. d.headroom .. d.load .. tostring(d.last_sent_at))
  note(tostring(d.limit_hour) .. d.sent_hour .. d.sent_day .. d.queued .. d.in_flight .. d.failures_hour)
  return use(contact.last_device or d, contact.tags[1])
end }
