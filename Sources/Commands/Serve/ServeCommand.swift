import ArgumentParser
import Daemon

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run cycles and send, until SIGTERM.",
    discussion: """
      Policy files are taken between two cycles when they change: checked, compiled and tried on their cases first. One
      that does not pass is refused and the last good revision goes on; see `usher policy list`.

      SIGTERM and SIGINT finish the batch at hand and exit 0. One process at a time runs on a store.

        usher serve
        # a store and policies elsewhere, a log for a program to read
        usher serve --store usher.db --rules Rules --log-format json
      """)

  @OptionGroup var service: ServiceArguments
  @Option(help: ArgumentHelp("Seconds between two cycles.", valueName: "seconds")) var every = 2.0
  @Option(name: .customLong("log-format"), help: "How to log to standard error: text or json.")
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
    try await Daemon(options).run()
  }
}

extension ServiceOptions.LogFormat: ExpressibleByArgument {}
