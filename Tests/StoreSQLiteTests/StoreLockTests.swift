import Files
import Foundation
import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct StoreLockTests {
  private let folder: TestFolder
  private let path: String

  init() throws {
    folder = TestFolder()
    path = folder.file("usher.db")
    _ = try SQLiteStore.create(at: path)
  }

  @Test func `a second holder is refused, with the process of the first`() throws {
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

  @Test func `the lock ends with its holder, the file stays`() throws {
    do { _ = try StoreLock.acquire(path: path) }
    #expect(FileManager.default.fileExists(atPath: path + ".lock"))
    _ = try StoreLock.acquire(path: path)
  }

  @Test func `the same store under a link has the same lock`() throws {
    try FileManager.default.createSymbolicLink(atPath: folder.file("link.db"), withDestinationPath: path)
    let lock = try StoreLock.acquire(path: path)
    #expect(throws: StoreError.self) { _ = try StoreLock.acquire(path: folder.file("link.db")) }
    _ = consume lock
  }

  @Test func `a store with several names can be read, but not run on or written`() throws {
    let link = folder.file("hard.db")
    try FileManager.default.linkItem(atPath: path, toPath: link)
    for name in [path, link] {
      let attempts: [() throws -> Void] = [
        { _ = try StoreLock.acquire(path: name) }, { _ = try SQLiteStore.open(at: name, mode: .readWrite) },
        { try SQLiteStore.check(at: name) },
        {
          _ = try SendingStop(store: name, waitMilliseconds: 0, clock: FixedClock(.earliest)).run(
            SendingHold(tenant: nil, reason: "r", actor: "a", at: .earliest))
        },
      ]
      for attempt in attempts {
        do {
          try attempt()
          Issue.record("it was opened by \(name)")
        } catch StoreError.unusable(let text) {
          #expect(text.contains("expected one name for the store \(name), found 2"), "\(text)")
          #expect(text.contains("-samefile"), "\(text)")
        }
      }
      #expect(try SQLiteStore.open(at: name, mode: .readOnly).holds().isEmpty)
      for suffix in [".lock", ".hold"] { #expect(!FileManager.default.fileExists(atPath: name + suffix)) }
    }
    unlink(link)
    _ = try SQLiteStore.open(at: path, mode: .readWrite)
  }

  @Test func `the process that locked it notices a lock file that was deleted or replaced`() throws {
    let lock = try StoreLock.acquire(path: path)
    let heartbeat = try Heartbeat(path: path, every: nil, lock: lock.identity)
    #expect(heartbeat.lockProblem() == nil)
    try FileManager.default.moveItem(atPath: path + ".lock", toPath: path + ".away")
    #expect(heartbeat.lockProblem()?.contains("\(path).lock was deleted or replaced") == true)
    let other = try StoreLock.acquire(path: path)
    #expect(heartbeat.lockProblem() != nil)
    #expect(try Heartbeat(path: path, every: nil, lock: lock.identity).lockProblem() != nil, "replaced before it began")
    unlink(path + ".lock")
    try FileManager.default.moveItem(atPath: path + ".away", toPath: path + ".lock")
    #expect(heartbeat.lockProblem() == nil)
    _ = consume other
    _ = consume lock
  }

  @Test(arguments: ["1", "1\n{}", "999999999"])
  func `a holder with another process id than the noted one runs in another PID namespace`(content: String) throws {
    let descriptor = Glibc.open(path + ".lock", O_CREAT | O_RDWR, 0o600)
    defer { close(descriptor) }
    #expect(write(descriptor, content, content.utf8.count) == content.utf8.count)
    #expect(StoreLock.status(path: path) == .free)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    let number = try #require(Int32(content.prefix { $0.isNumber }))
    #expect(StoreLock.status(path: path) == .held(LockHolder(process: number, isForeign: true)))
  }

  @Test func `a lock without a process id, and one that may not be read, leave the holder unknown`() throws {
    let descriptor = Glibc.open(path + ".lock", O_CREAT | O_RDWR, 0o600)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    #expect(StoreLock.status(path: path) == .unknown("\(path).lock is locked, and names no process"))
    close(descriptor)
    #expect(StoreLock.status(path: path) == .free)
    unlink(path + ".lock")
    // Not even root can read through a link to itself.
    try FileManager.default.createSymbolicLink(atPath: path + ".lock", withDestinationPath: path + ".lock")
    guard case .unknown(let text) = StoreLock.status(path: path) else {
      Issue.record("expected unknown")
      return
    }
    #expect(text.hasPrefix("\(path).lock may not be read: "), "\(text)")
    let stop = SendingStop(store: path, waitMilliseconds: 0, clock: FixedClock(.earliest))
    let outcome = try stop.run(SendingHold(tenant: nil, reason: "r", actor: "a", at: .earliest))
    #expect(outcome.certainty == .unknown(text))
    #expect(HoldFile(of: path).isThere)
  }

  @Test func `files that root makes next to a store belong to the store's owner`() throws {
    guard geteuid() == 0 else { return }
    #expect(chown(path, 65_534, 65_533) == 0)
    _ = try StoreLock.acquire(path: path)
    _ = try HoldFile(of: path).add(SendingHold(tenant: nil, reason: "r", actor: "a", at: .earliest))
    close(try AppendedFile(path + ".sent.jsonl", store: path).descriptor)
    for suffix in [".lock", ".hold", ".sent.jsonl"] {
      var status = stat()
      #expect(stat(path + suffix, &status) == 0)
      #expect(status.st_uid == 65_534 && status.st_gid == 65_533, "\(suffix)")
    }
  }

  @Test func `a killed process leaves the lock free (I-18)`() throws {
    // `-o`: only `flock` itself holds the lock, not the command it runs.
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
    process.arguments = ["-n", "-o", path + ".lock", "sh", "-c", "echo held; read line"]
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "held\n")
    #expect(throws: StoreError.self) { _ = try StoreLock.acquire(path: path) }
    kill(process.processIdentifier, SIGKILL)
    // Foundation also waits for the children of the killed process.
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    _ = try StoreLock.acquire(path: path)
  }
}
