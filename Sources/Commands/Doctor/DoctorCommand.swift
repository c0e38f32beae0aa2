import ArgumentParser
import Operations
import Representations

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Try this machine's libraries out: what works, what is contained, what is not.",
    discussion: """
      Makes interpreters and tries each limit, holds what scripts can reach against the agreed list, and names the known
      defects of the linked libraries with what keeps them away. With --store it looks at that store as well; its promises
      are `usher report integrity`. Exits 1 when something is wrong.

        usher doctor
        usher doctor --store usher.db --format json
      """)

  @Option(help: ArgumentHelp("Look at this store as well.", valueName: "path")) var store: String?
  @OptionGroup var format: FormatOptions

  func run() throws {
    let answer = Examination(version: UsherProgram.version, store: store).run()
    TerminalOutput.write(DoctorReport(answer), format.format)
    try answer.expectNothingWrong()
  }
}
