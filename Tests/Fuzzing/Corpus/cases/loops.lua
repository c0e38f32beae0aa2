local t = {} t.t = t return { policy = 'x', cases = { t } }
