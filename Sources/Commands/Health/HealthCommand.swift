import ArgumentParser
import Operations
import Representations
import Stores

struct HealthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: "Check that a store is served well: exit 0 or 1, for cron and monitors.",
    discussion: """
      One line for each check: the store can be read; a process runs on it; the age of the last cycle; holds; suspended
      policies; refused policy files; free disk space. It never waits longer than a few seconds, writes nothing, and works
      on a store that is locked or damaged.

        usher health
        # from cron: a mail when something is wrong
        usher health --expect-daemon > health.txt || cat health.txt
        # for a monitor
        usher health --max-cycle-age 300 --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(
    name: .customLong("max-cycle-age"),
    help: ArgumentHelp(
      "Seconds since the last cycle that are fine; without it 10 times `serve --every`, at least 60.",
      valueName: "seconds"))
  var maxCycleAge: Double?
  @Flag(name: .customLong("expect-daemon"), help: "Fail when no process runs on the store.") var expectDaemon = false

  func validate() throws {
    if let maxCycleAge, !(maxCycleAge > 0 && maxCycleAge <= 31_622_400) {
      throw ValidationError("--max-cycle-age: expected more than 0 and at most 31622400 seconds, found \(maxCycleAge)")
    }
  }

  func run() throws {
    let check = HealthCheck(
      try store.file(), maxCycleAge: maxCycleAge.map { Int64($0 * 1000) }, expectDaemon: expectDaemon)
    let health = check.run(at: Stores.heartbeatTime())
    TerminalOutput.write(HealthReport(health), format.format)
    if !health.isHealthy { throw ExitCode(1) }
  }
}
