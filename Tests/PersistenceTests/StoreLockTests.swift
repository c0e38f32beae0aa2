import Foundation
import Routing
import Testing

@testable import Persistence

struct StoreLockTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("usher.db")
    _ = try SQLiteStore.create(at: path)
  }

  @Test func `a second holder is refused and told the process of the first`() throws {
    let lock = try StoreLock.acquire(path: path)
    do {
      _ = try StoreLock.acquire(path: path)
      Issue.record("two hold the lock")
    } catch {
      let process = ProcessInfo.processInfo.processIdentifier
      #expect(
        error
          == .unusable("another usher (process \(process)) runs on this store; stop it, or use another store")
      )
    }
    _ = consume lock
  }

  @Test func `the lock goes with its holder, the file stays`() throws {
    do { _ = try StoreLock.acquire(path: path) }
    #expect(FileManager.default.fileExists(atPath: path + ".lock"))
    _ = try StoreLock.acquire(path: path)
  }

  @Test func `the same store by a link has the same lock`() throws {
    try FileManager.default.createSymbolicLink(atPath: folder.file("link.db"), withDestinationPath: path)
    let lock = try StoreLock.acquire(path: path)
    #expect(throws: StoreError.self) { _ = try StoreLock.acquire(path: folder.file("link.db")) }
    _ = consume lock
  }

  @Test func `a killed process leaves the lock free (I-18)`() throws {
    // `-o`: only `flock` itself holds the lock, not what it runs.
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    process.arguments = ["-n", "-o", path + ".lock", "sh", "-c", "echo held; read line"]
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "held\n")
    #expect(throws: StoreError.self) { _ = try StoreLock.acquire(path: path) }
    kill(process.processIdentifier, SIGKILL)
    // Foundation waits for the children of the killed process too.
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    _ = try StoreLock.acquire(path: path)
  }
}
