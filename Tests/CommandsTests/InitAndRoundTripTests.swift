import Foundation
import RoutingTestKit
import Testing
import Wire

/// The first minutes: `init`, the sample, the demo; and a full export into another store.
struct InitAndRoundTripTests {
  private let folder: TestFolder
  init() throws { folder = TestFolder() }

  @Test func `a new store is consistent and empty, and the next step is suggested`() throws {
    let store = try TestStore(in: folder)
    try store.expectSound()
    #expect(try store.export().lines.isEmpty)
    let other = try UsherProcess.run(["init"], in: folder.path)
    #expect(other.code == 1, "usher.db is there: \(other)")
    let next = try UsherProcess.run(["init", "--store", "b.db"], in: folder.path)
    #expect(next.code == 0)
    #expect(next.output.isEmpty, "\(next)")
    #expect(next.stderr.contains("usher import"), "\(next)")
  }

  @Test(arguments: [[], ["--sample"]]) func `an existing file is rejected and unchanged`(flags: [String]) throws {
    try folder.write("mine", to: "file.db")
    let outcome = try UsherProcess.run(["init", "--store", folder.file("file.db")] + flags)
    #expect(outcome.code == 1, "\(outcome)")
    #expect(outcome.stderr.contains("a store exists already at"), "\(outcome)")
    #expect(try folder.contents("file.db") == Array("mine".utf8))
    let store = try TestStore([.tenant()], in: folder)
    let again = try store.usher("init", expecting: 1)
    #expect(again.stderr.contains("exists already"), "\(again)")
    #expect(try store.export().rows("tenant").count == 1)
  }

  private func sample() throws -> TestStore {
    let store = TestStore(existing: "sample.db", in: folder)
    try store.usher("init", "--sample")
    return store
  }

  @Test func `every step works on the sample store`() throws {
    let store = try sample()
    let tick = try store.usher("tick", "--format", "json").json()
    #expect(tick["enrolled"].whole! > 0 && tick["queued"].whole! > 0 && tick["sent"].whole! > 0, "\(tick)")
    #expect(tick["faults"] == 0)
    for command in [
      ["report", "mismatches"], ["report", "devices"], ["report", "sequences"], ["report", "integrity"],
      ["policy", "list"], ["policy", "history"], ["device", "list"],
    ] {
      let outcome = try UsherProcess.run(command + ["--store", store.path])
      #expect(outcome.code == 0, "\(outcome)")
      #expect(!outcome.output.isEmpty, "\(outcome)")
    }
    // The CSV has the messages alone, so the window is named beside it.
    let csv = try store.usher("report", "mismatches", "--format", "csv")
    #expect(csv.text.hasPrefix("part,tenant,") && csv.stderr.hasPrefix("since 20"), "\(csv)")
    let later = try #require(try store.export().rows("enrolment").compactMap { $0["next_at"].text }.max())
    try store.usher("dry-run", "--policy", "reassign", "--at", later, expecting: nil)
    try store.expectSound()
  }

  @Test func `the demo takes less than ten seconds, shows the reports, and leaves no files`() throws {
    let outcome = try UsherProcess.run(["demo"], environment: ["TMPDIR": folder.path + "/"])
    #expect(outcome.code == 0, "\(outcome)")
    for text in ["mismatch", "integrity: ", " 0 violations", "dry run", "fallback", "devices can accept more"] {
      #expect(outcome.text.contains(text), "the demo prints '\(text)': \(outcome)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func `an export, its import and a second export give the same bytes`() throws {
    let store = try sample()
    try store.usher("tick")
    try store.usher("device", "pause", "D2", "--tenant", "acme", "--minutes", "5")
    try store.usher("contact", "opt-out", "L11", "--tenant", "acme")
    for _ in 0..<3 { try store.usher("tick") }
    try expectRoundTrip(store)
  }

  @Test func `a message that an operator moved survives the round trip with its decision`() throws {
    let store = try TestStore(
      [.tenant(policy: "assigned"), .device("D1", status: "offline"), .device("D2"), .sequence()]
        + [.lead(1, device: "D1"), .lead(2, device: "D1")])
    try store.usher("tick", "--no-send", "--now", Moment.nine)
    try store.usher("contact", "reassign", "welcome/L1", "--tenant", "acme", "--to", "D2")
    try store.expectSound()
    try expectRoundTrip(store)
  }

  private func expectRoundTrip(_ store: TestStore) throws {
    let first = try store.usher("export").output
    let other = try TestStore(in: store.folder, name: "other.db")
    try other.usher("import", "-", input: first)
    let second = try other.usher("export").output
    #expect(first == second, "\(Self.difference(first, second))")
    try other.usher("import", "-", input: first)
    #expect(try other.usher("export").output == first, "importing the same file twice changes nothing")
    try other.expectSound()
    let reports = [["report", "mismatches"], ["report", "sequences"], ["policy", "history"]]
    for report in reports {
      let ours = try UsherProcess.run(report + ["--format", "json", "--store", store.path])
      let theirs = try UsherProcess.run(report + ["--format", "json", "--store", other.path])
      #expect(ours.text == theirs.text)
    }
  }

  private static func difference(_ a: [UInt8], _ b: [UInt8]) -> String {
    let lines = [a, b].map { String(decoding: $0, as: UTF8.self).split(separator: "\n") }
    let index = zip(lines[0], lines[1]).enumerated().first { $0.element.0 != $0.element.1 }?.offset
    guard let index else { return "\(lines[0].count) lines and \(lines[1].count)" }
    return "line \(index + 1):\n\(lines[0][index])\n\(lines[1][index])"
  }
}
