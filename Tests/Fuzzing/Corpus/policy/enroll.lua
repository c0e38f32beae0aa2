return {
  enroll = function(lead, fleet)
    if contains(lead.tags, 'vip') then return use(lead.device or fleet:least_loaded(), lead.trigger) end
    return nil
  end,
  select = function(contact, fleet) return use(contact.device, 'x') end,
}
