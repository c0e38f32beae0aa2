import Routing
import Wire

/// Reads a file into a store: inserts new rows, and updates existing rows with the values of their lines.
///
/// Everything happens in the caller's transaction. If a file is refused, this throws the `ImportProblem`, and the
/// caller rolls back.
struct Importer {
  /// The number of lines between two reads of the clock.
  private static let progressLines = 64

  private let options: ImportOptions
  private var session: ImportSession
  private var result = ImportResult()
  private var formerKeys = FormerKeyNotes()

  private init(_ db: any SQLConnection, _ options: ImportOptions) throws {
    self.options = options
    session = ImportSession(
      db, now: options.now, audit: try options.origin.map { try ImportAudit($0, at: options.now, in: db) },
      ranges: options.ranges)
  }

  /// Imports a file inside a transaction of `db`. Memory holds one line, the ids of devices and sequences, and
  /// unresolved references; a CSV file is read as a whole.
  static func run(
    _ db: any SQLConnection, _ source: ByteSource, _ options: ImportOptions, progress: ImportProgress? = nil
  ) throws -> ImportResult {
    var importer = try Importer(db, options)
    var progress = progress
    switch options.format {
    case .jsonLines: try importer.readLines(source, &progress)
    case .csv(let table): try importer.readRows(source, table, &progress)
    }
    try importer.finish()
    return importer.result
  }
}

// MARK: - JSON Lines

extension Importer {
  private mutating func readLines(_ source: ByteSource, _ progress: inout ImportProgress?) throws {
    var lines = LineSplitter(source)
    while let line = try lines.next() {
      session.line += 1
      result.lineCount += 1
      try keep { (importer) in try importer.apply(line) }
      if session.line % Importer.progressLines == 0 {
        progress?.advance(lines: session.line, bytes: lines.bytesDone)
      }
    }
  }

  private mutating func apply(_ line: LineSplitter.Line) throws {
    guard case .bytes(let bytes) = line else {
      throw ImportProblem.tooLong(session.line)
    }
    guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 }) else {
      result.blankLineCount += 1
      return
    }
    var reader = try reader(bytes)
    try apply(&reader) { $0 }
  }

  private func reader(_ bytes: [UInt8]) throws(ImportProblem) -> JSONReader {
    let value: JSONValue
    do {
      value = try JSONParser.parse(bytes)
    } catch {
      throw ImportProblem(line: session.line, error)
    }
    do {
      return try JSONReader(value: value)
    } catch {
      throw ImportProblem(line: session.line, error, field: "")
    }
  }

  /// `place` gives the name that a field has in the file.
  private mutating func apply(_ reader: inout JSONReader, place: (String) -> String) throws {
    session.formerKeys.removeAll()
    do {
      let (type, change) = try session.apply(&reader)
      result.counts[type, default: ImportCounts()].add(change)
      for key in session.formerKeys { formerKeys.add(key, line: session.line, place: place) }
    } catch let error as FieldError {
      throw ImportProblem(line: session.line, error, field: place(error.path))
    } catch let error as any SQLFailure where error.refusal != nil {
      throw ImportProblem(
        line: session.line, field: nil,
        "expected a row that fits the others, found one that the store refuses: "
          + (error.refusal ?? ""))
    }
  }

  /// Applies one line. When bad lines are skipped, a bad line is rolled back completely.
  private mutating func keep(_ work: (inout Importer) throws -> Void) throws {
    guard options.skipBad else { return try work(&self) }
    try session.run("SAVEPOINT import_line")
    let before = (session.hasDecisionNumbers, session.hasFleetNumbers, session.journals)
    do {
      try work(&self)
    } catch let problem as ImportProblem {
      result.addBad(problem)
      try session.run("ROLLBACK TO import_line")
      // The line's own temporary tables were rolled back too.
      (session.hasDecisionNumbers, session.hasFleetNumbers, session.journals) = before
      session.fleets.forget()
    }
    try session.run("RELEASE import_line")
  }
}

// MARK: - CSV

extension Importer {
  /// The maximum size of a CSV file: 512 MiB, because it is read as a whole.
  static let csvBytesMax = 536_870_912

  private mutating func readRows(
    _ source: ByteSource, _ table: CSVTable, _ progress: inout ImportProgress?
  ) throws {
    var bytes: [UInt8] = []
    while let piece = try source.next() {
      bytes += piece
      guard bytes.count <= Importer.csvBytesMax else {
        throw ImportProblem(
          line: 0, field: nil,
          "expected a CSV file of at most 512 MiB, found a larger one; use JSON Lines")
      }
    }
    let size = bytes.count
    var (rows, columns) = try open(bytes, table)
    while true {
      var row: CSVRow?
      let isAtEnd = try readRow(&rows, &row)
      if isAtEnd { break }
      result.lineCount += 1
      guard let row else { continue }
      session.line = row.line
      try keep { (importer) in
        var reader = JSONReader(try columns.object(row))
        try importer.apply(&reader, place: columns.column(at:))
      }
      if result.lineCount % Importer.progressLines == 0 {
        progress?.advance(lines: result.lineCount, bytes: size)
      }
    }
  }

  private func open(_ bytes: [UInt8], _ table: CSVTable) throws -> (CSVReader, CSVColumns) {
    do {
      let rows = try CSVReader(bytes)
      return (rows, try CSVColumns(rows.header, of: table))
    } catch let error as CSVError {
      throw ImportProblem(line: error.line, field: nil, error.message)
    }
  }

  /// Reads a row; nil if the row is bad and skipped. Returns true at the end.
  private mutating func readRow(_ rows: inout CSVReader, _ row: inout CSVRow?) throws -> Bool {
    do {
      row = try rows.next()
      return row == nil
    } catch {
      let problem = ImportProblem(line: error.line, field: nil, error.message)
      guard options.skipBad else { throw problem }
      result.addBad(problem)
      return false
    }
  }
}

// MARK: - The end of a file

extension Importer {
  private mutating func finish() throws {
    for (enrolment, awaited) in session.awaitedMessages.sorted(by: { $0.value.line < $1.value.line }) {
      let problem = ImportProblem(
        line: awaited.line, field: "status",
        "expected the message of step \(awaited.step) on a later line for an enrolment that is queued,"
          + " found none; add it, or leave 'status' out to have the step decided")
      guard options.skipBad else { throw problem }
      result.addBad(problem)
      try session.giveUp(enrolment)
    }
    try finishFleets()
    try session.explainAssignments()
    try session.dropJournals()
    try session.causes.apply(to: session.db, at: options.now)
    try session.audit?.finish(result, in: session.db)
    result.notes = formerKeys.texts
    result.warnings = try SequenceWarnings.find(session.db, sequences: session.namedSequences)
  }

  private mutating func finishFleets() throws {
    for (fleet, awaited) in session.awaitedFleets.sorted(by: { $0.value.line < $1.value.line }) {
      let problem = ImportProblem(
        line: awaited.line, field: "fleet",
        "expected the decision's fleet on later lines, found none or only a part; "
          + "add it, or leave 'fleet' out")
      guard options.skipBad else { throw problem }
      result.addBad(problem)
      try session.giveUpFleet(fleet)
    }
  }
}
