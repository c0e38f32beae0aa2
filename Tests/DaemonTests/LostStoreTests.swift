import Daemon
import Foundation
import Routing
import RoutingTestKit
import Stores
import Testing

/// A process ends with an error and logs the reason when it must not continue.
@Suite(.timeLimit(.minutes(2)))
struct LostStoreTests {
  private func expectCritical(_ text: String, _ scene: Scene, sourceLocation: SourceLocation = #_sourceLocation) {
    let lines = scene.logged(text)
    #expect(
      !lines.isEmpty && lines.allSatisfy { $0.hasPrefix("critical ") }, "\(scene.lines)", sourceLocation: sourceLocation
    )
    #expect(scene.logged("stopped").isEmpty, "\(scene.lines)", sourceLocation: sourceLocation)
  }

  @Test(arguments: ["deleted", "replaced"])
  func `a process ends when the store's file is gone`(how: String) async throws {
    let scene = try Scene()
    let error = try await scene.failure {
      try FileManager.default.moveItem(atPath: scene.path, toPath: scene.path + ".away")
      if how == "replaced" { try scene.folder.write("another", to: "usher.db") }
    }
    guard case StoreError.unusable = error else {
      Issue.record("\(error)")
      return
    }
    expectCritical("was \(how)", scene)
  }

  @Test func `a process ends when its lock file was deleted`() async throws {
    let scene = try Scene()
    let error = try await scene.failure {
      try FileManager.default.removeItem(atPath: scene.path + ".lock")
    }
    guard case StoreError.lockLost = error else {
      Issue.record("\(error)")
      return
    }
    expectCritical("usher.db.lock was deleted or replaced", scene)
  }

  @Test func `a process ends when another process becomes the leader`() async throws {
    let scene = try Scene()
    let error = try await scene.failure {
      _ = try Stores.open(scene.path, mode: .readWrite).becomeLeader(processID: 9, at: TestInstance.start)
    }
    guard case StoreError.leadershipLost = error else {
      Issue.record("\(error)")
      return
    }
    expectCritical("another process became the leader of this store; stopping", scene)
  }

  @Test func `a process ends when the file is gone before the first round`() async throws {
    let scene = try Scene()
    let daemon = try Daemon(scene.options(), signals: false)
    try FileManager.default.removeItem(atPath: scene.path)
    await #expect(throws: StoreError.self) { try await daemon.run() }
    expectCritical("was deleted", scene)
  }
}
