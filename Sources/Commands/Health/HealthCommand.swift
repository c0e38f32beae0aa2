import ArgumentParser
import Operations
import Representations
import Stores

struct HealthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: "Check a store and its process: exit 0 or 1, for cron and monitors.",
    discussion: """
      Prints one line for each check: whether the store can be read, whether a process runs on it, the age of the last
      cycle, holds, suspended policies, refused policy files, and free disk space. It waits a few seconds at most, writes
      nothing, and works on a store that is locked or damaged.

        usher health
        # from cron: an email if a check fails
        usher health --expect-daemon > health.txt || cat health.txt
        # for a monitoring system
        usher health --max-cycle-age 300 --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(
    name: .customLong("max-cycle-age"),
    help: ArgumentHelp(
      "The maximum acceptable age of the last cycle, in seconds; default: 10 times `serve --every`, at least 60.",
      valueName: "seconds"))
  var maxCycleAge: Double?
  @Flag(name: .customLong("expect-daemon"), help: "Fail if no process runs on the store.") var expectDaemon = false

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
