return 'cases'
