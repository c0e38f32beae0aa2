import ArgumentParser
import Foundation
import Operations
import Representations
import Routing
import Terminal
import Wire

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Read JSON Lines or CSV into the store.",
    discussion: """
      A file is imported in one transaction: after an error, none of its lines are imported. A line for an existing row
      updates the fields that it names. Importing the same file twice changes nothing. `usher audit` shows who imported
      which file, and its changes to existing devices, sequences, tenants, guards and contacts.

        usher import acme.jsonl
        usher import leads.csv --type lead --as ann --reason 'leads from the trade fair'
        # everything, from one store to another
        usher export --store old.db | usher import - --store new.db
      """)

  @Argument(help: "The file; - is standard input.", completion: .file()) var file: String
  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @Option(help: "The type of the rows of a CSV file: lead or device.") var type: RowType?
  @Flag(name: .customLong("skip-bad"), help: "Import the good lines, list the bad ones, and exit 1.")
  var skipBad = false

  enum RowType: String, ExpressibleByArgument, CaseIterable { case lead, device }

  func validate() throws {
    if type == nil, file.hasSuffix(".csv") {
      throw ValidationError("expected --type lead or --type device for a CSV file, found no --type")
    }
  }

  func run() throws {
    let catalog = try rules.catalog(store: try store.file())
    let store = try store.openToWrite(as: who.actor)
    let handle = try open()
    defer { try? handle.close() }
    let progress = Progress("lines")
    let result = try ImportFile(
      ByteSource.input(handle), name: file, format: importFormat, skipsBadLines: skipBad, catalog: catalog
    )
    .run(
      into: store, by: who.note(),
      progress: ImportProgress(milliseconds: { Int64(stopwatch()) }, report: { lines, _ in progress.show(lines) }))
    progress.end()
    TerminalOutput.write(ImportReport(result), format.format)
    for note in result.notes { TerminalOutput.note("note: \(terminalSafe(note))") }
    for warning in result.warnings { TerminalOutput.note(StyledText("warning:", .warning) + " \(warning)") }
    for problem in result.badLines { TerminalOutput.note(terminalSafe("\(problem)")) }
    if let problem = result.rejection { throw problem }
  }

  private var importFormat: ImportFormat { type.map { .csv($0 == .lead ? .lead : .device) } ?? .jsonLines }

  private func open() throws -> FileHandle {
    if file == "-" { return .standardInput }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory), !isDirectory.boolValue,
      let handle = FileHandle(forReadingAtPath: file)
    else {
      throw Problem(
        .unreadableFile,
        "expected a readable file at \(file), found \(isDirectory.boolValue ? "a folder" : "no file")")
    }
    return handle
  }
}
