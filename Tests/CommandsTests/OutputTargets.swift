import Foundation
import RoutingTestKit
import Testing

/// Options that name an output file, and a folder with every file that they must not damage.
struct OutputTargets {
  /// Every option and argument that names a file or a folder, by command, with its use. `each option that names a file
  /// is listed here` fails for a new one.
  static let writing: [String: [String]] = [
    "serve --sent": ["serve", "--sent"],
    "tick --sent": ["tick", "--now", "2026-11-22T10:00:00Z", "--sent"],
    "test --lcov": ["test", "Rules", "--lcov"],
    "test --coverage-html": ["test", "Rules", "--coverage-html"],
    "test --out": ["test", "--from-decision", "1", "--out"],
    "dry-run --out": ["dry-run", "--policy", "reassign", "--out"],
    "dry-run --save": ["dry-run", "--policy", "reassign", "--save"],
    "simulate --out": ["simulate", "--hours", "1", "--out"],
    "store prune --archive": ["store", "prune", "--keep", "1d", "--now", "2027-11-22T09:00:00Z", "--archive"],
  ]

  let store: TestStore
  var folder: TestFolder { store.folder }

  init() throws {
    store = try TestStore([
      .tenant(), .device("D1"), .device("D2"), .sequence(delays: [0, 60]), .lead(1, device: "D1"),
      .lead(2, device: "D2"),
    ])
    for time in [Moment.nine, Moment.ten] { try store.usher("tick", "--now", time) }
    try folder.write("return { select = function(contact, fleet) return wait('r', 60) end }", to: "Rules/p.lua")
    try folder.write(
      "return { policy = 'p', cases = { { contact = { id = 'c' }, expect = { outcome = 'wait' } } } }",
      to: "Rules/p_test.lua")
    try UsherProcess.run(["init", "--store", folder.file("other.db")]).expectFine()
    let files = FileManager.default
    try files.createSymbolicLink(atPath: folder.file("link.html"), withDestinationPath: "usher.db")
    try files.createSymbolicLink(atPath: folder.file("ahead.html"), withDestinationPath: "other.db-wal")
    try files.linkItem(atPath: store.path, toPath: folder.file("hard.html"))
    try files.createSymbolicLink(atPath: folder.file("here"), withDestinationPath: folder.path)
  }

  /// The state that must not change: each file's identity and content.
  func state(_ names: [String]) throws -> [String: String] {
    var found: [String: String] = [:]
    for name in names {
      var status = stat()
      guard lstat(folder.file(name), &status) == 0 else { continue }
      let content = status.st_mode & S_IFMT == S_IFREG ? try folder.contents(name) : []
      found[name] = "\(status.st_ino) \(content.hashValue)"
    }
    return found
  }

  func identity(_ state: [String: String]) -> [String: String] {
    state.mapValues { String($0.prefix { $0 != " " }) }
  }

  static let names = [
    "usher.db", "./usher.db", ".//usher.db", "here/usher.db", "link.html", "hard.html", "usher.db-wal", "usher.db-shm",
    "usher.db-journal", "usher.db.lock", "usher.db.hold", "usher.db.before-5", "other.db", "other.db-wal", "ahead.html",
  ]

  func expectRefused(_ command: [String], _ path: String) throws {
    let outcome = try UsherProcess.run(command + [path, "--store", store.path], in: folder.path)
    #expect(outcome.code == 1, "\(path): \(outcome)")
    #expect(outcome.stderr.contains("nothing was written") || command.contains("prune"), "\(path): \(outcome)")
  }
}

extension UsherProcess.Outcome {
  fileprivate func expectFine() { #expect(code == 0, "\(self)") }
}
