import ArgumentParser
import Operations
import Representations

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check this machine's libraries: what works, and which known defects are contained.",
    discussion: """
      Creates interpreters and tests each limit, compares the names that scripts can reach with the approved list, and
      lists the known defects of the linked libraries with the measures that contain them. With --store it checks that
      store as well; `usher report integrity` checks the store's data. Exits 1 if a check fails.

        usher doctor
        usher doctor --store usher.db --format json
      """)

  @Option(help: ArgumentHelp("Check this store as well.", valueName: "path")) var store: String?
  @OptionGroup var format: FormatOptions

  func run() throws {
    let answer = Examination(version: UsherProgram.version, store: store, now: SystemClock().now()).run()
    TerminalOutput.write(DoctorReport(answer), format.format)
    try answer.expectNothingWrong()
  }
}
