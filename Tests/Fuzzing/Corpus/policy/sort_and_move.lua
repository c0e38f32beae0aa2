return { select = function(contact, fleet)
  local t = table.pack(3, 1, 2, n = nil)
  table.sort(t) table.insert(t, 1, 0) table.remove(t) table.move(t, 1, 2, 3, {})
  table.sort(t, function(a, b) return true end)
  return wait(table.concat(t, ',', 1, #t) .. table.unpack(t, 2), 1)
end }
