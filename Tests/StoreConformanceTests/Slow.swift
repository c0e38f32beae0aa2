/// The suites that take too long for every run: `bin/test` leaves them out, and `bin/test --slow` runs them alone.
enum Slow {}
