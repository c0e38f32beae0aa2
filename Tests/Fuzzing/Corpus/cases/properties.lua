return { policy = 'least_loaded', properties = { calm = function(request, decision) return true end }, cases = { { contact = { id = 'c' }, expect = { outcome = 'wait' } } } }
