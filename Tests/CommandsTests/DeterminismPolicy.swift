/// A policy that uses everything whose result a careless interpreter derives from the process or the machine.
enum DeterminismPolicy {
  static let source = """
    local function gaps()
      -- A table that text keys came to and went from, with whole numbers in between: its length is one of many borders.
      local t = {}
      for step = 1, 30 do
        local way, key = random(4), random(12)
        if way == 1 then t['key' .. key] = step
        elseif way == 2 then t['key' .. key] = nil
        elseif way == 3 then t[key] = step
        else t[key] = nil end
      end
      table.insert(t, 0)
      local last = table.remove(t)
      return #t .. ' ' .. tostring(last) .. ' ' .. select('#', table.unpack(t))
    end

    local function keys(contact)
      local t = { [true] = 1, [false] = 2 }
      for i = 1, 9 do t['a text key that is longer than forty bytes, number ' .. random(99)] = i end
      for i = 1, 6 do t['k' .. random(99)] = i t[random(9)] = i t[random()] = i end
      local all = {}
      for k, v in pairs(t) do all[#all + 1] = tostring(k):sub(-3) .. v end
      return table.concat(all, ' ')
    end

    local function handles(fleet)
      -- Handles, tables and functions are keys as well, and are hashed by their address.
      local t = {}
      for _, d in ipairs(fleet) do t[d] = d.queued t[{}] = 1 t[tostring] = 2 end
      for i = 1, 9 do t[i] = i end
      for _, d in ipairs(fleet) do t[d] = nil end
      for i = 1, 9 do if random(2) == 1 then t[i] = nil end end
      return #t
    end

    local function numbers(contact)
      local w = contact.attributes.weight
      return string.format('%.17g %.14g %5.1f %a', w ^ 2.5, 0.5 ^ (w / 3), 1.5 ^ -7, math.sqrt(w)) .. ' ' .. w / 3 ..
        ' ' .. (2 ^ 53) .. ' ' .. tostring(tonumber('1.5')) .. tostring(tonumber('1,5')) .. ' ' .. w % 0.7 .. ' ' .. w // 0.3
    end

    local function texts(contact)
      local t = { contact.name, contact.name:upper(), contact.name:lower(), 'a', 'B', 'ä', '_', '' }
      table.sort(t)
      return table.concat(t, '<') .. tostring(contact.name < 'Ä')
    end

    return { select = function(contact, fleet)
      local way = random(40)
      if way == 1 then return contact.devise end
      if way == 2 then return 'no verdict' end
      if way == 3 then local t = {} for i = 1, 300 do t[i] = tostring(i):rep(1300) end return wait(#t .. '', 1) end
      if way == 4 and random(20) == 1 then while true do local x = {} x.a = gaps() end end
      if way == 5 and random(20) == 1 then
        local t = {}
        for i = 1, 1e6 do t[i] = { ('kept ' .. i):rep(9) } end
      end
      if way == 6 then return skip(tostring(1e15)) end
      if way == 7 then return wait(tostring(pcall(function() return #nil end)), random(100)) end
      note(gaps())
      note(keys(contact))
      note(handles(fleet))
      note(numbers(contact))
      note(texts(contact))
      local reason = contact.id .. random(1000)
      local one = fleet:hash(reason, { tag = 'kl' }) or fleet:least_loaded()
      if one == nil then return wait('none ' .. #fleet) end
      if way < 20 then return move(one, reason) end
      return use(fleet:candidates(2)[1] or one, reason)
    end }

    """
}
