import ArgumentParser
import Foundation
import Operations
import Terminal

/// The program `usher`: its commands and what they share.
package struct UsherProgram: AsyncParsableCommand {
  /// The version that `usher --version` prints; raised with each release.
  package static let version = "0.1.0"

  /// The help text and the subcommands, in the groups that the help shows.
  package static let configuration = CommandConfiguration(
    commandName: "usher",
    abstract: "Decide which device sends each message of a contact's sequence.",
    discussion: """
      A policy, a Lua script per tenant, chooses the device. Whatever it chooses, Usher never sends twice, too early, over a
      device's caps, from another tenant's device, or to someone who opted out.

        # a demonstration
        usher demo
        # a store to experiment with, and one cycle on it
        usher init --sample && usher tick
        # what another policy would change
        usher dry-run --policy reassign
        # why a contact goes to a device
        usher explain welcome/L6
        # run it; watch it with `usher top` in another terminal
        usher serve
      """,
    version: version,
    groupedSubcommands: [
      CommandGroup(name: "Begin", subcommands: [DemoCommand.self, InitCommand.self]),
      CommandGroup(name: "Run", subcommands: [ServeCommand.self, TickCommand.self, TopCommand.self]),
      CommandGroup(
        name: "Write a policy", subcommands: [CheckCommand.self, TestCommand.self, DecideCommand.self]),
      CommandGroup(
        name: "Try a change, then make it",
        subcommands: [DryRunCommand.self, SimulateCommand.self, ReplayCommand.self, PolicyCommand.self]),
      CommandGroup(name: "Investigate", subcommands: [ExplainCommand.self, ReportCommand.self, AuditCommand.self]),
      CommandGroup(
        name: "Operate",
        subcommands: [
          HoldCommand.self, ReleaseCommand.self, HealthCommand.self, DeviceCommand.self, ContactCommand.self,
          ImportCommand.self, ExportCommand.self, StoreCommand.self,
        ]),
      CommandGroup(
        name: "This program",
        subcommands: [DoctorCommand.self, BenchCommand.self, CompletionsCommand.self, ManualCommand.self]),
    ])

  @Option(help: ArgumentHelp("When to use colours: auto, always or never.", valueName: "when"))
  var color = Colours.Choice.auto

  /// Required by the argument parser, which then sets the options.
  package init() {}

  /// Runs the command that the arguments name, and ends the process with its exit code.
  package static func start() async {
    // If a reader goes away (`usher export | head`), writing fails instead of a signal ending the process halfway.
    signal(SIGPIPE, SIG_IGN)
    let arguments = withoutColour(Array(CommandLine.arguments.dropFirst()))
    // For `usher help` with an unknown command the parser would show the help of its parent as if it had been requested.
    if arguments.first == "help", CommandPage.root.page(for: arguments.dropFirst()).stranger != nil {
      TerminalOutput.note(WrongUsage(arguments, message: "").text)
      exit(withError: ExitCode.validationFailure)
    }
    if let option = RepeatedOption(in: arguments) {
      TerminalOutput.note(WrongUsage(arguments, message: option.message).text)
      exit(withError: ExitCode.validationFailure)
    }
    do {
      var command = try parseAsRoot(arguments)
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let error as ExitCode {
      exit(withError: error)
    } catch {
      if let error = usherError(error) {
        TerminalOutput.error(error.message)
        exit(withError: ExitCode(1))
      }
      explain(error, after: arguments)
    }
  }

  /// Removes `--color` and its value from any position and applies it. Leaves an invalid value for the parser to refuse.
  private static func withoutColour(_ arguments: [String]) -> [String] {
    // A shell's request for completions contains the line that is being typed.
    guard arguments.first != "---completion" else { return arguments }
    var rest: [String] = []
    var index = 0
    while index < arguments.count {
      let word = arguments[index]
      if word == "--" { return rest + arguments[index...] }
      let isApart = word == "--color"
      let value =
        isApart ? arguments.dropFirst(index + 1).first : word.hasPrefix("--color=") ? String(word.dropFirst(8)) : nil
      if let choice = value.flatMap(Colours.Choice.init(rawValue:)) {
        TerminalOutput.colourChoice.withLock { $0 = choice }
        index += isApart ? 2 : 1
      } else {
        // The parser accepts the option only before a command.
        if isApart || word.hasPrefix("--color=") { return Array(arguments[index...]) }
        rest.append(word)
        index += 1
      }
    }
    return rest
  }

  /// Prints the parser's error, or the help screen that was requested, and ends the process.
  private static func explain(_ error: any Error, after arguments: [String]) -> Never {
    if exitCode(for: error) == .validationFailure {
      TerminalOutput.note(WrongUsage(arguments, message: message(for: error)).text)
      exit(withError: ExitCode.validationFailure)
    }
    let text = fullMessage(for: error)
    if exitCode(for: error).isSuccess, let page = page(of: text) {
      TerminalOutput.page(HelpScreen(page, columns: TerminalOutput.outputColumns ?? ScreenSize.usual.columns).text)
      exit()
    }
    exit(withError: error)
  }

  /// The command whose help screen, as the parser formats it, is `text`.
  private static func page(of text: String) -> CommandPage? {
    CommandPage.root.all.first { page in
      [false, true].contains { helpMessage(for: page.type, includeHidden: $0) == text }
    }
  }
}

extension Colours.Choice: ExpressibleByArgument {}
