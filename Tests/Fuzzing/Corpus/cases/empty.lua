return { policy = 'least_loaded', cases = {} }
