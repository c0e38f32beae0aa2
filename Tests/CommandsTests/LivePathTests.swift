import Foundation
import Testing
import Wire

extension Slow {
  /// The steps from an edited file to a live policy and back in `Docs/PoliciesInProduction.md`: runs each command of the
  /// section against a daemon under load, and kills the daemon in between.
  final class LivePathTests {
    private static let repository = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let heading = "## From an edited file to a live policy"
    private static let stable = """
      return {
        name = 'fallback',
        description = 'The assigned device.',
        select = function(contact, fleet)
          local own = contact.device
          if own then return use(own, 'as ever') end
          return wait('no device', 60)
        end,
      }
      """
    /// What ann has in mind: the same, and a lead without a device is not forgotten.
    private static let edited = stable.replacing("'as ever'", with: "'evened out'")
      .replacing("return wait('no device', 60)", with: "return use(fleet:least_loaded(), 'nobody else')")
    private static let cases = """
      return {
        policy = 'fallback',
        cases = {
          { name = 'its own device', contact = { id = 'c', assigned_device = 'D1' }, devices = { { id = 'D1' } },
            expect = { outcome = 'use', device = 'D1', reason = 'evened out' } },
        },
      }
      """

    private let store: TestStore
    private var leads = 0
    private var process: UsherProcess

    init() throws {
      store = try TestStore(
        [.tenant("acme"), .sequence(delays: [0, 1, 1])] + (1...4).map { .device("D\($0)", hour: 1_000_000) })
      try store.folder.write(Self.stable, to: "Rules/fallback.lua")
      try store.folder.write(Self.edited, to: "new/fallback.lua")
      try store.folder.write(Self.cases, to: "new/fallback_test.lua")
      process = try store.serve()
    }

    /// More people, so that there is something to decide at every moment.
    private func load(_ count: Int = 120) throws {
      try store.add((leads..<leads + count).map { .lead($0, device: "D\($0 % 4 + 1)") })
      leads += count
    }

    private func kill() throws {
      process.signal(SIGKILL)
      #expect(try process.end().code == -SIGKILL)
      process = try store.serve()
    }

    /// The commands of the page's section, in order, without their comments.
    private func commands() throws -> [[String]] {
      let file = Self.repository.appendingPathComponent("Docs/PoliciesInProduction.md")
      let page = try String(contentsOf: file, encoding: .utf8)
      let section = try #require(page.components(separatedBy: Self.heading).dropFirst().first)
        .components(separatedBy: "\n##")[0]
      var commands: [[String]] = []
      for block in section.components(separatedBy: "```sh\n").dropFirst() {
        for line in block.components(separatedBy: "```")[0].split(separator: "\n") {
          let command = line.components(separatedBy: " #")[0].trimmingCharacters(in: .whitespaces)
          #expect(command.hasPrefix("usher "))
          commands.append(words(command).dropFirst().map { $0 })
        }
      }
      return commands
    }

    /// As a shell takes them apart, as far as the page goes: quotes keep spaces.
    private func words(_ command: String) -> [String] {
      var (words, word, isQuoted) = ([String](), "", false)
      for character in command {
        switch character {
        case "'": isQuoted.toggle()
        case " " where !isQuoted:
          if !word.isEmpty { words.append(word) }
          word = ""
        default: word.append(character)
        }
      }
      return words + (word.isEmpty ? [] : [word])
    }

    private func run(_ command: [String]) throws -> UsherProcess.Outcome {
      let needsStore = !["check", "test"].contains(command[0])
      return try UsherProcess.run(
        command + (needsStore ? ["--store", store.path] : []), in: store.folder.path)
    }

    private func status() throws -> JSONValue {
      try #require(try store.usher("policy", "list", "--format", "json").json().items.first)
    }

    private func reasons() throws -> [String: Int] {
      Dictionary(grouping: try store.export().rows("decision")) { $0["reason"].text! }.mapValues(\.count)
    }

    /// Waits for decisions that only this step can bring.
    private func eventuallyMore(of reason: String) throws {
      let before = try reasons()[reason] ?? 0
      try load()
      try eventually("decisions go on as '\(reason)'") { try reasons()[reason] ?? 0 > before }
    }

    @Test func `every step of the page works while a daemon is under load, and nothing is sent twice`() throws {
      try load()
      try eventuallyMore(of: "as ever")
      let live = try status()["revision"]
      var seen: [String] = []
      for command in try commands() {
        try load(40)
        let name = command.prefix { !$0.hasPrefix("-") && !$0.contains("/") }.joined(separator: " ")
        let outcome = try run(command)
        // Something may or may not be due at the moment of the dry run.
        let expected: Set<Int32> = name == "dry-run" ? [0, 2] : name == "policy diff" ? [2] : [0]
        #expect(expected.contains(outcome.code), "\(outcome)")
        seen.append(name)
        switch (name, command) {
        case ("policy activate", let words) where words.contains("--shadow"):
          try eventuallyMore(of: "as ever")
        case ("policy shadow", let words) where !words.contains("--stop"):
          #expect(outcome.text.contains("acme"))
        case ("policy activate", _):
          try eventuallyMore(of: "evened out")
          #expect(try status()["canary_share"] == "10%")
          try kill()
          try eventuallyMore(of: "evened out")
          let listed = try status()
          #expect(listed["canary_share"] == "10%" && listed["revision"] == live)
        case ("policy promote", let words) where words.contains("--to"):
          try eventuallyMore(of: "evened out")
          #expect(try status()["canary_share"] == "50%")
        case ("policy promote", _):
          let listed = try status()
          #expect(listed["revision"] != live && listed["canary"] == .null)
          try eventuallyMore(of: "evened out")
          try store.folder.write(Self.edited, to: "Rules/fallback.lua")
          try eventuallyMore(of: "evened out")
        case ("policy rollback", _):
          #expect(try status()["revision"] == live)
          try eventuallyMore(of: "as ever")
          try kill()
          try eventuallyMore(of: "as ever")
          // The folder still has the text that was rolled back.
          let listed = try status()
          #expect(listed["revision"] == live && listed["held"].text?.contains("more waits than before") == true)
        default: break
        }
      }
      #expect(
        seen == [
          "check", "test", "dry-run", "policy diff", "policy activate", "policy shadow", "policy shadow",
          "policy activate", "policy canary", "policy list", "policy promote", "policy promote", "policy rollback",
          "policy history",
        ])
      try finish()
    }

    /// Everything is sent once, and each decision agrees with what decided at its moment.
    private func finish() throws {
      try eventually("every enrolment is completed") { try store.states()["completed"] == leads }
      process.signal(SIGTERM)
      #expect(try process.end().code == 0)
      let export = try store.export()
      let cycles = Dictionary(grouping: export.rows("decision")) { "\(Export.contact($0)) \($0["at"].text!)" }
      #expect(cycles.values.allSatisfy { Set($0.map { $0["revision"].text! }).count == 1 }, "one cycle, one revision")
      let log = try Data(contentsOf: URL(fileURLWithPath: store.sentLog))
      var sent: [String: Int] = [:]
      for line in log.split(separator: UInt8(ascii: "\n")) {
        guard let row = try? JSONParser.parse(Array(line)) else { continue }
        sent["\(row["contact"].text!) \(row["step"].whole!)", default: 0] += 1
      }
      #expect(sent.count == leads * 3 && sent.values.allSatisfy { $0 == 1 })
      #expect(export.rows("message").count == leads * 3)
      #expect(
        export.rows("audit").map { $0["action"].text }.filter { $0 != "import" } == [
          "shadow", "stop", "canary", "promote", "promote", "rollback",
        ])
      try store.expectSound()
      try store.usher("replay")
    }
  }
}
