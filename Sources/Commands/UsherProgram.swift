import ArgumentParser
import Foundation

/// The program `usher`: its commands and what they have in common.
package struct UsherProgram: AsyncParsableCommand {
  package static let version = "0.1.0"

  package static let configuration = CommandConfiguration(
    commandName: "usher",
    abstract: "Decides which device sends each message of a contact's sequence.",
    discussion: """
      A Lua script per tenant, a policy, chooses the device; Usher makes sure that no choice can send twice, early,
      over a device's caps, from another tenant's device, or to someone who opted out.

      See it work:          usher demo
      Begin:                usher init --sample && usher tick
      Try a changed policy: usher dry-run --policy reassign
      Run it:               usher serve

      Exit codes: 0 fine, 1 a problem was found or hit, 2 a dry run found differences, 64 wrong usage.
      """,
    version: version,
    subcommands: [
      InitCommand.self, ServeCommand.self, TickCommand.self, CheckCommand.self, TestCommand.self,
      DecideCommand.self, DryRunCommand.self, ReplayCommand.self, ExplainCommand.self, SimulateCommand.self,
      ReportCommand.self, PolicyCommand.self, DeviceCommand.self, ContactCommand.self, ImportCommand.self,
      ExportCommand.self, StoreCommand.self, DemoCommand.self, BenchCommand.self, DoctorCommand.self,
    ])

  package init() {}

  /// Runs the command that the arguments name and ends the process with its exit code.
  package static func start() async {
    // A reader that went away (`usher export | head`) is no reason to die of a signal halfway.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as ExitCode {
      exit(withError: error)
    } catch let problem as Problem {
      Talk.say("usher: \(problem)")
      exit(withError: ExitCode(1))
    } catch {
      if let text = Problem.text(of: error) {
        Talk.say("usher: \(text)")
        exit(withError: ExitCode(1))
      }
      exit(withError: error)
    }
  }
}
