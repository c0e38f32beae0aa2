import ArgumentParser
import Daemon
import Stores

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run cycles and send messages until SIGTERM.",
    discussion: """
      Between cycles, it loads policy files that have changed, if they pass their check and their cases. A file that
      does not pass is refused, and the last good revision stays live; see `usher policy list`.

      If times in the store are ahead of the machine's clock, or the clock jumps, it holds sending until
      `usher store clock accept`.

      SIGTERM and SIGINT end it after the current batch, with exit code 0. Only one `usher serve` or `usher tick` can
      run on a store at a time.

        usher serve
        # with explicit paths, and a log in JSON
        usher serve --store usher.db --rules Rules --log-format json
      """)

  @OptionGroup var service: ServiceArguments
  @Option(help: ArgumentHelp("Seconds between cycles.", valueName: "seconds")) var every = 2.0
  @Option(name: .customLong("log-format"), help: "Log format on standard error: text or json.")
  var logFormat = ServiceOptions.LogFormat.text

  func validate() throws {
    guard every >= 0.05, every <= 3600 else {
      throw ValidationError("--every: expected 0.05 to 3600 seconds, found \(every)")
    }
  }

  func run() async throws {
    var options = service.options(clock: SystemClock())
    options.every = .milliseconds(Int64(every * 1000))
    options.logFormat = logFormat
    options.bootTime = { Stores.heartbeatTime().uptime }
    try await Daemon(options).run()
  }
}

extension ServiceOptions.LogFormat: ExpressibleByArgument {}
