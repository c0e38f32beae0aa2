import Daemon
import Foundation
import Routing
import RoutingTestKit
import Stores
import Synchronization

/// A store in its own folder, and the inputs of a daemon on it: a clock and pauses that the test controls, a log in
/// memory.
final class Scene: Sendable {
  let folder = TestFolder()
  let clock = ManualClock(TestInstance.start)
  let pace = Pace()
  private let log = Mutex<[String]>([])

  static let processID: Int32 = 7

  var path: String { folder.file("usher.db") }

  /// A tenant with a device and five leads. `policy` is a shipped policy or one of `files`.
  init(policy: String = "assigned", files: [String: String] = [:]) throws {
    for (name, source) in files { try folder.write(source, to: "Rules/\(name).lua") }
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: policy)
    scenario.device("D1")
    scenario.sequence()
    for lead in 1...5 { scenario.lead(lead, device: "D1") }
    _ = try scenario.store(in: folder, at: TestInstance.start)
  }

  /// Complete options; a test changes the ones it needs.
  func options(_ change: (inout ServiceOptions) -> Void = { _ in }) -> ServiceOptions {
    var options = ServiceOptions(
      store: path, processID: Scene.processID, actor: "ann", clock: clock, machineTime: TestInstance.start,
      stopwatch: { 0 })
    options.sleep = { [pace] _ in try await pace.sleep() }
    options.log = { [self] line in log.withLock { $0.append(line) } }
    change(&options)
    return options
  }

  /// Runs a daemon during `body`, which begins when both services have finished a round, and stops it afterwards.
  func run(_ options: ServiceOptions? = nil, _ body: () async throws -> Void) async throws {
    let daemon = try Daemon(options ?? self.options(), signals: false)
    async let end: Void = daemon.run()
    await pace.bothSleep()
    try await body()
    await daemon.stop()
    try await end
  }

  /// The error with which a running daemon ends after `body`. Hangs if the daemon continues.
  func failure(after body: () throws -> Void) async throws -> any Error {
    let daemon = try Daemon(options(), signals: false)
    async let end: Void = daemon.run()
    await pace.bothSleep()
    try body()
    pace.goOn()
    do {
      try await end
    } catch { return error }
    throw DidNotFail()
  }

  struct DidNotFail: Error {}

  /// Advances the clock by a minute, and both services run a round.
  func step(seconds: Int64 = 60) async {
    clock.advance(seconds: seconds)
    pace.goOn()
    await pace.bothSleep()
  }

  // MARK: - Results

  /// The log, without line ends.
  var lines: [String] { log.withLock { $0.map { String($0.dropLast()) } } }

  /// The part after the time in each log line that contains `text`.
  func logged(_ text: String) -> [String] {
    lines.filter { $0.contains(text) }.map { String($0.drop { $0 != " " }.dropFirst()) }
  }

  /// The lines of the gateway's file.
  var sent: [String] {
    let text = (try? folder.contents("usher.db.sent.jsonl")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  /// Throws if a process has locked the store.
  func expectUnlocked() throws { _ = try Stores.lock(path, waits: { _ in }) }
}
