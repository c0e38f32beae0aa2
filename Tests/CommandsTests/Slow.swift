/// The suites that take too long for every run: `bin/test` skips them, and `bin/test --slow` runs only them.
enum Slow {}
