import Foundation
import RoutingTestKit
import Testing
import Wire

extension Slow {
  /// The same request, policy and seed give the same bytes: in every process, in any order, under any load.
  struct DeterminismTests {
    private static let requests = 10_000

    /// The environment of a process, and the words before the program's name.
    private struct World: Sendable {
      let name: String
      let environment: [String: String]
      var before: [String] = []
      var isReversed = false
      var isBusy = false
    }

    /// A locale with a decimal comma, created for the test because a machine may not have one.
    private static func makeLocale(in folder: TestFolder) throws -> String {
      let localedef = Process()
      localedef.executableURL = URL(fileURLWithPath: "/usr/bin/localedef")
      localedef.arguments = ["-i", "de_DE", "-f", "UTF-8", folder.file("de_DE.UTF-8")]
      try localedef.run()
      localedef.waitUntilExit()
      try #require(
        localedef.terminationStatus == 0, "localedef makes de_DE.UTF-8; it comes with Debian's package locales")
      return folder.path
    }

    @Test func `10,000 requests get the same bytes in four processes with different environments`() throws {
      let folder = TestFolder()
      let policy = try folder.write(DeterminismPolicy.source, to: "everything.lua")
      let lines = RequestStream(seed: 20_261_122).lines(Self.requests)
      let locales = try Self.makeLocale(in: folder)
      let german = ["LOCPATH": locales, "LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Kuala_Lumpur"]
      let large = ["PADDING": String(repeating: "x", count: 100_000), "LC_ALL": "C.UTF-8", "TZ": "America/St_Johns"]
      let worlds = [
        World(name: "plain", environment: ["LC_ALL": "C", "TZ": "UTC"]),
        World(name: "German locale, another zone", environment: german),
        World(
          name: "no address space randomisation, the requests backwards", environment: ["LC_ALL": "POSIX"],
          before: ["/usr/bin/setarch", "-R"], isReversed: true),
        World(name: "large environment, busy cores", environment: large, isBusy: true),
      ]
      // All in parallel except the last, which shares the cores with busy threads.
      var running: [UsherProcess] = []
      for world in worlds where !world.isBusy { running.append(try start(world, policy, lines, in: folder)) }
      var outcomes = try running.map { try $0.end() }
      let load = BusyCores()
      outcomes.append(try start(worlds[3], policy, lines, in: folder).end())
      load.stop()
      let answers: [[Substring]] = zip(worlds, outcomes).map { world, outcome in
        #expect(outcome.code == 1, "some requests fault: \(outcome.stderr)")
        let found = outcome.text.split(separator: "\n")
        return world.isReversed ? found.reversed() : found
      }
      #expect(answers[0].count == Self.requests)
      for (world, found) in zip(worlds, answers).dropFirst() {
        let different = zip(answers[0], found).enumerated().first { $0.element.0 != $0.element.1 }
        #expect(found.count == Self.requests)
        #expect(
          different == nil,
          "\(world.name): request \(different!.offset): \(different!.element.0) is not \(different!.element.1)")
      }
      // The comparison must be meaningful: every outcome, most kinds of faults, thousands of different counts.
      let all = answers[0].joined(separator: "\n")
      let outcomesSeen = ["use", "move", "wait", "skip"].filter { all.contains("\"outcome\":\"\($0)\"") }
      #expect(outcomesSeen == ["use", "move", "wait", "skip"])
      let kindsSeen = ["runtime", "budget", "memory", "verdict", "timeout"].filter {
        all.contains("\"kind\":\"\($0)\"")
      }
      #expect(kindsSeen == ["runtime", "budget", "memory", "verdict"], "and no healthy decision ran out of time")
      #expect(Set(answers[0]).count > Self.requests / 2)
    }

    private func start(
      _ world: World, _ policy: String, _ lines: [String], in folder: TestFolder
    ) throws -> UsherProcess {
      let input = (world.isReversed ? lines.reversed() : lines).joined(separator: "\n")
      let words = world.before + [UsherProcess.program]
      return try UsherProcess(
        ["decide", "--policy", policy, "--input", "-", "--lines"], input: Array(input.utf8),
        environment: world.environment, in: folder.path, program: (words[0], Array(words.dropFirst())))
    }
  }
}

/// Threads that keep every core busy until they are stopped.
private final class BusyCores: Sendable {
  private final class Flag: @unchecked Sendable { nonisolated(unsafe) var isUp = true }
  private let flag = Flag()

  init() {
    for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
      Thread.detachNewThread { [flag] in
        var sum = 0.0
        while flag.isUp { for i in 0..<10_000 { sum += Double(i).squareRoot() } }
        if sum < 0 { print(sum) }
      }
    }
  }

  func stop() { flag.isUp = false }
}
