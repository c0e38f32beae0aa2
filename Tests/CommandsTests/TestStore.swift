import Foundation
import RoutingTestKit
import Testing
import Wire

/// A store in its own folder, created and inspected only by the program.
struct TestStore {
  let folder: TestFolder
  let name: String
  var path: String { folder.file(name) }
  var sentLog: String { path + ".sent.jsonl" }

  /// A new store with the rows of the lines.
  init(_ lines: [JSONValue] = [], in folder: TestFolder? = nil, name: String = "usher.db") throws {
    self.folder = folder ?? TestFolder()
    self.name = name
    try usher("init")
    if !lines.isEmpty { try add(lines) }
  }

  /// An existing store.
  init(existing name: String, in folder: TestFolder) { (self.folder, self.name) = (folder, name) }

  /// Copies this store's files. No process may run on it.
  func copy(_ name: String) throws -> TestStore {
    for suffix in ["", "-wal"] where folder.exists(self.name + suffix) {
      try FileManager.default.copyItem(atPath: path + suffix, toPath: folder.file(name) + suffix)
    }
    return TestStore(existing: name, in: folder)
  }

  /// Runs a command on the store; an unexpected exit code is a failure.
  @discardableResult
  func usher(
    _ arguments: String..., input: [UInt8] = [], expecting code: Int32? = 0, atMost seconds: Double = patience,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> UsherProcess.Outcome {
    let outcome = try UsherProcess.run(
      arguments + ["--store", path], input: input, in: folder.path, atMost: seconds)
    if let code { #expect(outcome.code == code, "\(outcome)", sourceLocation: sourceLocation) }
    return outcome
  }

  /// Starts the daemon.
  func serve(_ arguments: String..., every: Double = 0.05) throws -> UsherProcess {
    try UsherProcess(["serve", "--store", path, "--every", "\(every)"] + arguments, in: folder.path)
  }

  /// Imports lines through standard input.
  func add(_ lines: [JSONValue]) throws {
    let text = lines.map { JSONWriter().string($0) + "\n" }.joined()
    try usher("import", "-", input: Array(text.utf8))
  }

  /// A full export of the store.
  func export() throws -> Export { try Export(try usher("export").output) }

  /// The numbers of enrolments by state, over all sequences.
  func states() throws -> [String: Int] {
    var states: [String: Int] = [:]
    for line in try usher("report", "sequences", "--format", "json").json().items {
      for state in ["enrolments", "scheduled", "waiting", "queued", "completed", "failed", "cancelled"] {
        states[state, default: 0] += line[state].whole ?? 0
      }
    }
    return states
  }

  /// Expects that the integrity report finds no violations.
  func expectSound(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let outcome = try usher("report", "integrity", "--format", "json", expecting: nil)
    let broken = try outcome.json().items.filter { $0["violations"].whole != 0 }
    #expect(broken.isEmpty, comment, sourceLocation: sourceLocation)
    #expect(outcome.code == 0, comment, sourceLocation: sourceLocation)
  }
}

/// The output of `usher export`, line by line.
struct Export {
  let bytes: [UInt8]
  let lines: [JSONValue]

  init(_ bytes: [UInt8]) throws {
    self.bytes = bytes
    lines = try bytes.split(separator: UInt8(ascii: "\n")).map { try JSONParser.parse(Array($0)) }
  }

  func rows(_ type: String) -> [JSONValue] { lines.filter { $0["type"].text == type } }

  /// The id of an enrolment as the command line shows it.
  static func contact(_ row: JSONValue) -> String { "\(row["sequence"].text ?? "?")/\(row["lead"].text ?? "?")" }
}
