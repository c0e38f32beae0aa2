return { policy = 'least_loaded', cases = { { contact = { id = 'c' }, devices = {}, expect = { outcome = 'use' } } } }
