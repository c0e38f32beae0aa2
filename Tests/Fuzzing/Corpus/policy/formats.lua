return { select = function(contact)
  note(string.format('%5.1f|%-8s|%q|%x|%%|%i|%g|%a|%c', 3.14, 'a', 'b\0', 255, 4, 1e300, 0.5, 65))
  return wait(('%d'):format(now // 1000), 0)
end }
