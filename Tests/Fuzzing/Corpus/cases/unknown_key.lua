return { policy = 'x', cases = { { contat = { id = 'c' }, expect = { outcome = 'use' } } } }
