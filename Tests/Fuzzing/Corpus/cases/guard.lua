return { guard = 'daily_limit', cases = { { contact = { id = 'c', messages_day = 9 }, devices = { { id = 'D' } }, choice = { outcome = 'use', device = 'D' }, expect = { outcome = 'wait' } } } }
