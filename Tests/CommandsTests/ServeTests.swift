import Foundation
import Testing
import Wire

/// `usher serve` as a process: how signals and kills end it, and that only one runs.
struct ServeTests {
  /// Enough messages that a batch is running whenever a signal arrives.
  private func busyStore() throws -> TestStore {
    let devices = (1...4).map { JSONValue.device("D\($0)", pace: $0 == 4 ? [0.01, 0.03] : [0, 0]) }
    let leads = (0..<1200).map { JSONValue.lead($0, device: "D\($0 % 4 + 1)") }
    return try TestStore([.tenant()] + devices + [.sequence(delays: [0, 0, 1])] + leads)
  }

  private func expectFinished(_ store: TestStore, _ process: UsherProcess, within seconds: Double = 5) throws {
    let outcome = try process.end(atMost: seconds)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(outcome.stderr.contains("stopped"), "\(outcome)")
    #expect(outcome.output.isEmpty, "data is on standard output, and a daemon has none: \(outcome)")
    let statuses = Set(try store.export().rows("message").compactMap { $0["status"].text })
    #expect(statuses.isSubset(of: ["pending", "sent"]))
    try store.expectSound()
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `after a signal the current batch finishes, and the daemon exits with 0`(signal: Int32) throws {
    let store = try busyStore()
    let process = try store.serve()
    try eventually("something was sent") {
      FileManager.default.contents(atPath: store.sentLog).map { !$0.isEmpty } ?? false
    }
    process.signal(signal)
    try expectFinished(store, process)
  }

  @Test func `after a signal right after the start the daemon exits with 0 too`() throws {
    let store = try busyStore()
    for _ in 0..<5 {
      let process = try store.serve()
      try process.says(" started ")
      process.signal(SIGTERM)
      try expectFinished(store, process)
    }
  }

  @Test(arguments: ["deleted", "replaced"])
  func `a daemon whose store is gone reports that and exits with 1`(how: String) throws {
    let store = try TestStore([.tenant()])
    let process = try store.serve("--log-format", "json")
    try process.says("started")
    if how == "deleted" {
      #expect(unlink(store.path) == 0)
    } else {
      try store.folder.write("another", to: "new.db")
      #expect(rename(store.folder.file("new.db"), store.path) == 0)
    }
    let outcome = try process.end()
    #expect(outcome.code == 1, "\(outcome)")
    #expect(outcome.stderr.contains("critical") && outcome.stderr.contains("was \(how)"), "\(outcome)")
  }

  @Test func `an idle daemon ends immediately, however long its wait`() throws {
    let store = try TestStore([.tenant()])
    let process = try store.serve("--log-format", "json", every: 3600)
    try eventually("the first cycle has begun") { try !store.export().rows("policy_activation").isEmpty }
    process.signal(SIGTERM)
    #expect(try process.end().code == 0)
  }

  @Test func `a second daemon and a tick are rejected with the process of the first (I-18)`() throws {
    let store = try TestStore([.tenant(), .device("D1"), .sequence()])
    let first = try store.serve()
    try first.says(" started ")
    for arguments in [["serve"], ["tick"], ["tick", "--no-send"]] {
      let outcome = try UsherProcess.run(arguments + ["--store", store.path])
      #expect(outcome.code == 1, "\(outcome)")
      #expect(outcome.stderr.contains("process \(first.id)"), "\(outcome)")
      #expect(outcome.output.isEmpty, "\(outcome)")
    }
    #expect(first.isRunning)
    first.signal(SIGTERM)
    #expect(try first.end().code == 0)
  }

  @Test func `after a kill the next daemon starts immediately`() throws {
    let store = try busyStore()
    for _ in 0..<5 {
      let first = try store.serve()
      try first.says(" started ")
      first.signal(SIGKILL)
      #expect(try first.end().code == -SIGKILL)
      let next = try store.serve()
      try next.says(" started ")
      next.signal(SIGKILL)
      _ = try next.end()
    }
    try store.usher("tick", "--no-send")
  }

  @Test func `after a kill within a batch sending continues immediately, however long the sent file is`() throws {
    let store = try busyStore()
    // The sent file that a fleet of 3,000 devices writes in an hour.
    let line =
      #"{"at":"2026-11-21T09:00:00Z","tenant":"acme","device":"D1","to":"+60120000000","content":"Hello","sequence":"old","step":1,"contact":"old/L1","key":"acme-900000-1"}"#
    let old = String(repeating: line + "\n", count: 200_000)
    try Data(old.utf8).write(to: URL(fileURLWithPath: store.sentLog))
    let first = try store.serve()
    try eventually("something was sent") { size(store.sentLog) > old.utf8.count }
    first.signal(SIGKILL)
    _ = try first.end()
    let before = size(store.sentLog)
    let second = try store.serve()
    try second.says(" started ")
    try eventually("sending goes on") { size(store.sentLog) > before }
    second.signal(SIGTERM)
    try expectFinished(store, second)
  }

  private func size(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
