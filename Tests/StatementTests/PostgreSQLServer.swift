import Foundation
import RoutingTestKit

/// A PostgreSQL server for one test, reached by a socket in a folder of that test. It stops when this object is
/// released.
final class PostgreSQLServer {
  /// Why an installed server does not run.
  struct NotStarted: Error, CustomStringConvertible { let description: String }

  static let programs = "/usr/lib/postgresql/15/bin"
  private static let user = "usher"

  private let folder = TestFolder()
  private let account: [String]
  private let server: Process

  static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: programs + "/postgres") }

  /// Throws `NotStarted` with the server's message.
  init() throws {
    // The server refuses to run as root, so it then runs as the package's account.
    account =
      getuid() == 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : []
    try FileManager.default.setAttributes(
      [.posixPermissions: account.isEmpty ? 0o700 : 0o777], ofItemAtPath: folder.path)
    let data = folder.file("data")
    let arguments = ["-D", data, "-A", "trust", "-U", PostgreSQLServer.user, "-E", "UTF8", "--no-locale", "-N"]
    let (status, output) = try PostgreSQLServer.run("initdb", arguments, as: account, in: folder)
    guard status == 0 else { throw NotStarted(description: "initdb ended with \(status): \(output)") }
    // A child process instead of a daemon of `pg_ctl`, which would keep open the pipe through which Foundation waits
    // for it.
    server = try PostgreSQLServer.start(
      "postgres", ["-D", data, "-k", folder.path, "-c", "listen_addresses=", "-c", "fsync=off"], as: account,
      in: folder, output: "log")
    for _ in 0..<200 where server.isRunning {
      let ready = ["-h", folder.path, "-q"]
      if try PostgreSQLServer.run("pg_isready", ready, as: account, in: folder).status == 0 { return }
      usleep(50_000)
    }
    let log = try String(contentsOfFile: folder.file("log"), encoding: .utf8)
    stop()
    throw NotStarted(description: "the server did not start: \(log)")
  }

  deinit { stop() }

  /// Ends sessions and the server, and waits until it has stopped.
  private func stop() {
    guard server.isRunning else { return }
    server.interrupt()
    server.waitUntilExit()
  }

  /// The lines that psql prints for a script: errors are between the other lines, in statement order.
  func psql(_ script: String) throws -> [String] {
    try Data(script.utf8).write(to: URL(fileURLWithPath: folder.file("script.sql")))
    let arguments = [
      "-h", folder.path, "-U", PostgreSQLServer.user, "-d", "postgres", "-q", "-X", "-A", "-t", "-v",
      "VERBOSITY=terse", "-f", folder.file("script.sql"),
    ]
    let output = try PostgreSQLServer.run("psql", arguments, as: account, in: folder).output
    return output.split(separator: "\n").map(String.init)
  }

  private static func run(
    _ program: String, _ arguments: [String], as account: [String], in folder: TestFolder
  ) throws -> (status: Int32, output: String) {
    let process = try start(program, arguments, as: account, in: folder, output: "output")
    process.waitUntilExit()
    return (process.terminationStatus, try String(contentsOfFile: folder.file("output"), encoding: .utf8))
  }

  /// Standard output and standard error go to a file in the folder.
  private static func start(
    _ program: String, _ arguments: [String], as account: [String], in folder: TestFolder, output: String
  ) throws -> Process {
    let file = URL(fileURLWithPath: folder.file(output))
    try Data().write(to: file)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = account + [programs + "/" + program] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.standardInput = FileHandle.nullDevice
    let handle = try FileHandle(forWritingTo: file)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    try handle.close()
    return process
  }
}
