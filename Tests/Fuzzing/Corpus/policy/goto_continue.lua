return { select = function(contact, fleet)
  for i = 1, #fleet do
    if not fleet[i].online then goto continue end
    do return use(fleet[i], 'online') end
    ::continue::
  end
  repeat local x = 1 until x == 1
end }
