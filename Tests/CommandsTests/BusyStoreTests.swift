import Foundation
import Testing
import Wire

extension Slow {
  /// Commands beside a daemon with a slow policy and thousands of due contacts: each gets in within a short time.
  ///
  /// The bounds are far above the 200 ms that the store itself takes, since a command starts a process on a busy machine, and
  /// far below the ten seconds after which a command gives up.
  struct BusyStoreTests {
    /// About ten milliseconds a decision.
    private static let slow = """
      return { select = function(c, fleet)
        local sum = 0
        for i = 1, 180000 do sum = sum + i % 7 end
        return wait('slow ' .. sum, 86400)
      end }
      """

    private func store() throws -> TestStore {
      let store = try TestStore()
      try store.folder.write(Self.slow, to: "Rules/slow.lua")
      try store.add(
        [.tenant(policy: "slow"), .device("D1"), .sequence(delays: [0])] + (0..<5000).map { .lead($0, device: "D1") }
          + [.tenant("small"), .device("D1", of: "small"), .sequence(of: "small", delays: [0])])
      return store
    }

    @Test func `commands and imports get in, a small tenant is served, and a signal ends the daemon`() throws {
      let store = try store()
      let process = try store.serve()
      try process.says(" started ")
      try store.add([.lead(0, of: "small", device: "D1")])
      try eventually("the small tenant's contact is decided", atMost: 20) {
        try store.usher("contact", "show", "welcome/L0", "--tenant", "small", expecting: nil).text.contains(
          "decision: use")
      }
      for round in 0..<5 {
        let start = Date()
        try store.usher("device", "pause", "D1", "--tenant", "acme", "--minutes", "5")
        try store.add([.lead(100 + round, of: "small", device: "D1")])
        try store.usher("device", "resume", "D1", "--tenant", "acme")
        #expect(Date().timeIntervalSince(start) < 6)
      }
      process.signal(SIGTERM)
      let outcome = try process.end(atMost: 5)
      #expect(outcome.code == 0, "\(outcome)")
      try store.expectSound()
    }

    @Test func `an import that waits for its input holds nothing`() throws {
      let store = try store()
      let pipe = Pipe()
      let program = Process()
      program.executableURL = URL(fileURLWithPath: UsherProcess.program)
      program.arguments = ["import", "-", "--store", store.path]
      program.standardInput = pipe
      program.standardOutput = FileHandle.nullDevice
      try program.run()
      let line = #"{"type":"lead","tenant":"small","id":"L7","phone":"+15550000777"}"# + "\n"
      try pipe.fileHandleForWriting.write(contentsOf: Data(line.utf8))
      for _ in 0..<3 {
        let start = Date()
        try store.usher("device", "pause", "D1", "--tenant", "acme", "--minutes", "5")
        #expect(Date().timeIntervalSince(start) < 5)
      }
      try pipe.fileHandleForWriting.close()
      program.waitUntilExit()
      #expect(program.terminationStatus == 0)
      #expect(try store.export().rows("lead").contains { $0["id"].text == "L7" })
    }
  }
}
