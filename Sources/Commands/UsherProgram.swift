import ArgumentParser
import Foundation
import Operations
import Terminal

/// The program `usher`: its commands and what they have in common.
package struct UsherProgram: AsyncParsableCommand {
  /// What `usher --version` prints; raised with each release.
  package static let version = "0.1.0"

  /// The help text and the subcommands, in the groups that the help shows.
  package static let configuration = CommandConfiguration(
    commandName: "usher",
    abstract: "Decides which device sends each message of a contact's sequence.",
    discussion: """
      A Lua script per tenant, a policy, chooses the device; Usher makes sure that no choice can send twice, early,
      over a device's caps, from another tenant's device, or to someone who opted out.

        # see it work
        usher demo
        # a store to try things on, and a cycle over it
        usher init --sample && usher tick
        # what another policy would change
        usher dry-run --policy reassign
        # why a contact goes where it goes
        usher explain welcome/L6
        # run it; `usher top` in another terminal shows what goes on
        usher serve
      """,
    version: version,
    groupedSubcommands: [
      CommandGroup(name: "Begin", subcommands: [DemoCommand.self, InitCommand.self]),
      CommandGroup(name: "Run", subcommands: [ServeCommand.self, TickCommand.self, TopCommand.self]),
      CommandGroup(
        name: "Write a policy", subcommands: [CheckCommand.self, TestCommand.self, DecideCommand.self]),
      CommandGroup(
        name: "Try a change, and make it",
        subcommands: [DryRunCommand.self, SimulateCommand.self, ReplayCommand.self, PolicyCommand.self]),
      CommandGroup(name: "Find out", subcommands: [ExplainCommand.self, ReportCommand.self, AuditCommand.self]),
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

  /// Runs the command that the arguments name and ends the process with its exit code.
  package static func start() async {
    // A reader that went away (`usher export | head`) is no reason to die of a signal halfway.
    signal(SIGPIPE, SIG_IGN)
    let arguments = withoutColour(Array(CommandLine.arguments.dropFirst()))
    // The parser would show the help of what is above a command that does not exist, as if that had been asked for.
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

  /// Takes `--color` out, wherever it stands, and minds it. Leaves a value that is none for the parser to refuse.
  private static func withoutColour(_ arguments: [String]) -> [String] {
    // What a shell asks is about the line that is being typed.
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
        // The parser knows the option before a command alone.
        if isApart || word.hasPrefix("--color=") { return Array(arguments[index...]) }
        rest.append(word)
        index += 1
      }
    }
    return rest
  }

  /// What the parser of arguments has to say, as help screens and in the words of this program, and the end of the process.
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

  /// The command whose help screen, as the parser makes it, a text is.
  private static func page(of text: String) -> CommandPage? {
    CommandPage.root.all.first { page in
      [false, true].contains { helpMessage(for: page.type, includeHidden: $0) == text }
    }
  }
}

extension Colours.Choice: ExpressibleByArgument {}
