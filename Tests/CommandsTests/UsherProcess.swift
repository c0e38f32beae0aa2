import Foundation
import Testing
import Wire

/// How long a test waits for an expected event, in seconds: only a hang takes that long, even on the slowest machine.
let patience = 300.0

/// The program `usher`, run as a separate process.
///
/// It never outlives the test: it is killed when it exceeds its time limit, and when nothing references it any more.
final class UsherProcess {
  /// The result of a process that has ended.
  struct Outcome {
    let command: String
    /// Standard output: data.
    let output: [UInt8]
    /// Standard error: messages.
    let stderr: String
    /// The exit code, or minus the signal that ended it.
    let code: Int32

    var text: String { String(decoding: output, as: UTF8.self) }

    /// Standard output as one JSON value; throws when it is anything else.
    func json() throws -> JSONValue { try JSONParser.parse(output) }
  }

  struct TookTooLong: Error, CustomStringConvertible { let description: String }

  let arguments: [String]
  private let process = Process()
  private let streams: (output: NamelessFile, stderr: NamelessFile)
  private let ended = DispatchSemaphore(value: 0)
  /// The contents of the streams at the end. Foundation keeps each `Process` forever, with its open files, so the files
  /// are closed once they were read; otherwise a long test run would exhaust the open files of the process.
  private var read: (output: [UInt8], stderr: String)?

  /// Starts the program. `environment` is added to this process's own.
  init(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:], in folder: String? = nil,
    program: (path: String, before: [String]) = (UsherProcess.program, [])
  ) throws {
    self.arguments = arguments
    streams = (try NamelessFile(), try NamelessFile())
    process.executableURL = URL(fileURLWithPath: program.path)
    process.arguments = program.before + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let input = try NamelessFile(input)
    process.standardInput = input.handle
    process.standardOutput = streams.output.handle
    process.standardError = streams.stderr.handle
    process.terminationHandler = { [ended] _ in ended.signal() }
    defer { input.close() }
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    closeStreams()
  }

  private func closeStreams() {
    streams.output.close()
    streams.stderr.close()
  }

  /// Runs the program to its end.
  static func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:], in folder: String? = nil,
    atMost seconds: Double = patience
  ) throws -> Outcome {
    try UsherProcess(arguments, input: input, environment: environment, in: folder).end(atMost: seconds)
  }

  var id: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  /// The messages so far.
  var stderr: String { read?.stderr ?? String(decoding: streams.stderr.contents, as: UTF8.self) }

  func signal(_ signal: Int32) {
    if process.isRunning { kill(process.processIdentifier, signal) }
  }

  /// Waits for the process to end. Kills it and throws if that takes too long.
  func end(atMost seconds: Double = patience) throws -> Outcome {
    let command = (["usher"] + arguments).joined(separator: " ")
    if ended.wait(timeout: .now() + seconds) == .timedOut {
      signal(SIGKILL)
      _ = ended.wait(timeout: .now() + 10)
      throw TookTooLong(
        description:
          "`\(command)` was still running after \(seconds) s and was killed; it said:\n\(stderr.suffix(4000))")
    }
    ended.signal()
    let read = read ?? (streams.output.contents, stderr)
    if self.read == nil { closeStreams() }
    self.read = read
    return Outcome(
      command: command, output: read.output, stderr: read.stderr,
      code: process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus)
  }

  /// Waits until the process has printed a message. Throws if it ends first, or takes too long.
  func says(_ text: String, atMost seconds: Double = patience) throws {
    try eventually("`usher \(arguments.joined(separator: " "))` says '\(text)'", atMost: seconds) {
      if stderr.contains(text) { return true }
      guard isRunning else { throw TookTooLong(description: "it ended without saying '\(text)':\n\(stderr)") }
      return false
    }
  }

  /// The program built together with these tests: in the folder of the test bundle, or above it.
  static let program: String = {
    let places = [URL(fileURLWithPath: CommandLine.arguments[0]), Bundle.main.bundleURL]
    for var folder in places.map({ $0.resolvingSymlinksInPath() }) {
      for _ in 0..<5 {
        let candidate = folder.appendingPathComponent("usher").path
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory)
        if exists, !isDirectory.boolValue, FileManager.default.isExecutableFile(atPath: candidate) {
          return candidate
        }
        folder.deleteLastPathComponent()
      }
    }
    fatalError("expected the program usher beside \(places.map(\.path)), found none; build it first")
  }()
}

extension UsherProcess.Outcome: CustomStringConvertible {
  /// For the message of a failed expectation.
  var description: String {
    "`\(command)` ended with \(code)\n--- output\n\(text.prefix(4000))\n--- stderr\n\(stderr.prefix(4000))"
  }
}

/// Checks every few milliseconds until `condition` holds. Throws if it does not within `seconds`.
func eventually(_ what: String, atMost seconds: Double = patience, _ condition: () throws -> Bool) throws {
  let end = DispatchTime.now() + seconds
  while try !condition() {
    guard DispatchTime.now() < end else {
      throw UsherProcess.TookTooLong(description: "not within \(seconds) s: \(what)")
    }
    usleep(2_000)
  }
}
