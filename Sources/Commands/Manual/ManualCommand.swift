import ArgumentParser
import Foundation
import Operations
import Terminal

struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print a manual page, or install all of them.",
    discussion: """
      The program generates its pages from the text of `--help`, so they match this version. With --to it writes each page
      to the folder man1 in DIR, where `man` looks for it. A page's date is that of the program's file, or SOURCE_DATE_EPOCH
      if it is set, for reproducible packages.

        # read one page
        usher manual dry-run | man -l -
        # install all pages below a folder that man searches
        usher manual --to share/man
      """)

  @Argument(help: "The command whose page to print; default: usher itself.", completion: .commands) var command:
    [String] = []
  @Option(
    help: ArgumentHelp("Write all pages to the folder man1 in this folder.", valueName: "dir"), completion: .directory)
  var to: String?

  func validate() throws {
    if to != nil, !command.isEmpty {
      throw ValidationError("--to cannot be combined with a command; it writes all pages")
    }
    if let stranger = CommandPage.root.page(for: command).stranger {
      throw ValidationError("expected a command, found '\(stranger)'; `usher --help` lists them")
    }
  }

  func run() throws {
    let date = ManualCommand.date
    guard let to else {
      let page = CommandPage.root.page(for: command).page
      return TerminalOutput.page(StyledText(ManualPage(page, date: date, version: UsherProgram.version).text))
    }
    let folder = URL(fileURLWithPath: to).appendingPathComponent("man1")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let pages = CommandPage.root.all.map { ManualPage($0, date: date, version: UsherProgram.version) }
      for page in pages {
        let path = folder.appendingPathComponent(page.file).path
        let output = try ReportOutput(path: path, mode: .ordinary, store: nil)
        try output.put(page.text)
        try output.finish()
      }
      TerminalOutput.note("wrote \(pages.count) pages to \(folder.path)")
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(.unwritableFile, "cannot write the pages to \(folder.path): \(error.localizedDescription)")
    }
  }

  private static var date: String {
    let stated = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap(Double.init)
    let program = Bundle.main.executablePath.flatMap { try? FileManager.default.attributesOfItem(atPath: $0) }
    let built = program?[.modificationDate] as? Date
    let date = stated.map(Date.init(timeIntervalSince1970:)) ?? built ?? Date(timeIntervalSince1970: 0)
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "MMMM d, yyyy"
    return formatter.string(from: date)
  }
}
