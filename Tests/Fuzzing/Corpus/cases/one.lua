return { policy = 'least_loaded', cases = { { name = 'a', contact = { id = 'c' }, devices = { { id = 'D' } }, expect = { outcome = 'use', device = 'D' } } } }
