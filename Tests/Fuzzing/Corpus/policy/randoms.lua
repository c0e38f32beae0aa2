return { select = function(c, fleet) return use(fleet[random(#fleet)], random() < 0.5 and 'a' or random(2, 9)) end }
