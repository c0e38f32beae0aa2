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
      A file is one transaction: after an error nothing of it is kept. A line for a row that exists updates what it names.
      Importing the same file twice changes nothing. `usher audit` shows who imported which file, and what it changed of
      devices, sequences, tenants, guards and contacts that were there.

        usher import acme.jsonl
        usher import leads.csv --type lead --as ann --reason 'leads of the fair'
        # everything, from one store to another
        usher export --store old.db | usher import - --store new.db
      """)

  @Argument(help: "The file; - is standard input.", completion: .file()) var file: String
  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @OptionGroup var who: OperatorOptions
  @Option(help: "What the rows of a CSV file are: lead or device.") var type: RowType?
  @Flag(name: .customLong("skip-bad"), help: "Keep the good lines, list the bad ones, exit 1.") var skipBad = false

  enum RowType: String, ExpressibleByArgument, CaseIterable { case lead, device }

  func validate() throws {
    if type == nil, file.hasSuffix(".csv") {
      throw ValidationError("a CSV file needs --type lead or --type device")
    }
  }

  func run() throws {
    let store = try store.openToWrite(as: who.actor)
    let handle = try open()
    defer { try? handle.close() }
    let table: ImportFormat = type.map { .csv($0 == .lead ? .lead : .device) } ?? .jsonLines
    let progress = Progress("lines")
    let digested = DigestedSource()
    let origin = ImportOrigin(actor: who.actor, reason: who.reason, file: file, digest: { digested.digest() })
    let result = try store.importFile(
      digested.passing(ByteSource(handle)),
      ImportOptions(format: table, skipBad: skipBad, now: SystemClock().now(), origin: origin),
      progress: ImportProgress(milliseconds: { Int64(stopwatch()) }, report: { lines, _ in progress.show(lines) }))
    progress.end()
    var listing = Listing(["type", "created", "updated", "unchanged"])
    for type in InterchangeType.allCases {
      guard let counts = result.counts[type] else { continue }
      listing.add([
        .string(type.rawValue), JSONValue(counts.created), JSONValue(counts.updated), JSONValue(counts.unchanged),
      ])
    }
    Talk.put(listing, format.format)
    for warning in result.warnings { Talk.say(StyledText("warning:", .warning) + " \(warning)") }
    for problem in result.badLines { Talk.say(terminalSafe("\(problem)")) }
    guard result.badLineCount == 0 else {
      throw Problem(.invalidInput, "\(result.badLineCount) of \(result.lineCount) lines were not taken")
    }
  }

  private func open() throws -> FileHandle {
    if file == "-" { return .standardInput }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory), !isDirectory.boolValue,
      let handle = FileHandle(forReadingAtPath: file)
    else {
      throw Problem(
        .unreadableFile,
        "expected a file that can be read at \(file), found \(isDirectory.boolValue ? "a folder" : "none")")
    }
    return handle
  }
}
