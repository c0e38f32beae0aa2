return { guard = 'daily_limit', cases = { { contact = { id = 'c' }, expect = { outcome = 'wait' } } } }
