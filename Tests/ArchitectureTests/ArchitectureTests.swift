import Foundation
import Testing
import Wire

/// The targets are built as `Docs/Architecture.md` describes.
struct ArchitectureTests {
  /// A target and its allowed dependencies: our targets, and products of packages.
  private struct Dependencies: Equatable {
    var uses: Set<String> = []
    var packages: Set<String> = []
  }

  @Test func `targets depend on each other as the table of targets states`() throws {
    let built = try ArchitectureTests.builtTargets()
    let documented = try ArchitectureTests.documentedTargets()
    #expect(Set(built.keys) == Set(documented.keys))
    for (name, dependencies) in built.sorted(by: { $0.key < $1.key }) {
      #expect(documented[name] == dependencies, "\(name)")
    }
  }

  @Test func `each package is imported in only one target`() throws {
    var importers: [String: Set<String>] = [:]
    for target in try Sources.targets() {
      for line in try ArchitectureTests.importLines(of: target) {
        let module = line.split(separator: " ").last.map(String.init) ?? ""
        if ["ArgumentParser", "GRDB", "GRDBSQLite", "Logging", "ServiceLifecycle"].contains(module) {
          importers[module, default: []].insert(target)
        }
      }
    }
    #expect(importers.values.allSatisfy { $0.count == 1 }, "\(importers)")
    #expect(importers.count == 5, "\(importers.keys)")
  }

  @Test func `GRDB is imported in at most a dozen files, all of one target`() throws {
    let importers = try Sources.files(under: "Sources").filter { $0.text.contains(/(?m)^[ \w@]*\bimport GRDB/) }
    let files = importers.map(\.file)
    #expect(!files.isEmpty)
    #expect(files.count <= 12, "\(files.count): \(files)")
    #expect(files.allSatisfy { $0.hasPrefix("Sources/StoreSQLite/") }, "\(files)")
  }

  @Test func `nothing is called Persistence`() throws {
    let files = try ["Package.swift", "Sources", "Benchmarks", "Tests"].flatMap(Sources.files(under:))
    let found = files.filter { file, text in
      !file.hasPrefix("Tests/ArchitectureTests/") && (file + text).contains("Persistence")
    }
    #expect(found.isEmpty, "\(found.map(\.file))")
  }

  @Test func `StoreSQL reads no column by its number`() throws {
    for (file, text) in try Sources.ofTarget("StoreSQL") {
      let places = ArchitectureTests.numberedColumns(in: text)
      #expect(places.isEmpty, "\(file): \(places)")
    }
  }

  @Test func `columns read by number are found`() {
    let text = """
      let id = row[18]  // row[19]
      row.integer(3) + columns.optionalText(2) + SQLValue.integer(4) + Value.read(statement, 5)
      [.integer(6), .text(7)] + statement.isNull(0) + Value.read(statement, 0) + parts[1]
      """
    #expect(
      ArchitectureTests.numberedColumns(in: text)
        == ["row[18]", "row.integer(3)", "columns.optionalText(2)", "read(statement, 5)"])
  }

  /// Reads of a column at a position that is a literal number. Position 0 is allowed: `value` returns it.
  private static func numberedColumns(in text: String) -> [String] {
    let read =
      #/
      \b (?: rows? | columns | statement ) \[ \d+ \]
      | \b [a-z]\w* \. (?: integer | number | text | blob | withText | optionalInteger | optionalText | isNull )
        \( [1-9] \d* \b [^)]* \)
      | \b read \( \w+ ,\s [1-9] \d* \)
      /#
    return text.replacing(/\/\/[^\n]*/, with: "").matches(of: read.wordBoundaryKind(.simple)).map { String($0.output) }
  }

  @Test(arguments: ["Routing", "Wire", "LuaSyntax"])
  func `the core needs nothing but the standard library`(target: String) throws {
    let standard = ["import Synchronization", "import Glibc", "import Routing"]
    let foreign = try ArchitectureTests.importLines(of: target).filter { !standard.contains($0) }
    #expect(foreign.isEmpty, "\(foreign)")
  }

  @Test func `sequencing, delivery and dry runs use storage through protocols`() throws {
    for target in ["Sequencing", "Delivery", "DryRun"] {
      let lines = try ArchitectureTests.importLines(of: target)
      let imported = lines.compactMap { $0.split(separator: " ").last.map(String.init) }
      #expect(ArchitectureTests.storeTargets.isDisjoint(with: imported))
    }
  }

  /// The targets that know the engine of a store.
  private static let storeTargets: Set<String> = ["StoreSQL", "StoreSQLite", "Stores"]

  @Test func `no file outside the store targets names an engine`() throws {
    for target in try Sources.targets() where !ArchitectureTests.storeTargets.contains(target) {
      let lines = try ArchitectureTests.importLines(of: target)
      #expect(!lines.contains { $0.hasSuffix("import StoreSQL") || $0.hasSuffix("import StoreSQLite") })
      for (file, text) in try Sources.ofTarget(target) {
        let names = Sources.code(text).matches(of: /\w*(?:SQLite|GRDB|Postgres)\w*/).map { String($0.output) }
        #expect(names.isEmpty, "\(file): \(names)")
      }
    }
  }

  @Test func `comments and string literals do not count as code`() {
    let text = #"""
      let a = "SQLite \"x\" // y" + b  // SQLite
      /// SQLite
      let c = """
        SQLite "x"
        """ + d
      """#
    let words = Sources.code(text).split(whereSeparator: \.isWhitespace)
    #expect(words.joined(separator: " ") == "let a = + b let c = + d")
  }

  @Test func `only the composition root reads the clock or draws random numbers`() throws {
    let targets = [
      "Routing", "LuaSandbox", "Policies", "Sequencing", "Delivery", "DryRun", "Pages", "StoreSQL", "StoreSQLite",
      "Stores", "Operations", "Daemon",
    ]
    for target in targets {
      for (file, text) in try Sources.ofTarget(target) {
        for word in ["Date()", "Date.now", ".random(in: ", "ContinuousClock", "SystemRandomNumberGenerator"] {
          let lines = text.split(separator: "\n").filter { $0.contains(word) && !$0.contains("using: &") }
          #expect(lines.isEmpty, "\(file): \(word)")
        }
      }
    }
  }

  // MARK: - Reading both sides

  private static func builtTargets() throws -> [String: Dependencies] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // Its own scratch folder, because the test run locks the default one.
    let scratch = NSTemporaryDirectory() + "usher-dump-package"
    process.arguments = [
      "swift", "package", "--package-path", Sources.root.path, "--scratch-path", scratch, "dump-package",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let manifest = try #require(try JSONSerialization.jsonObject(with: output) as? [String: Any])
    let targets = try #require(manifest["targets"] as? [[String: Any]])
    let names = Set(targets.compactMap { $0["name"] as? String })
    var found: [String: Dependencies] = [:]
    for target in targets where target["type"] as? String != "test" {
      var dependencies = Dependencies()
      for dependency in target["dependencies"] as? [[String: Any]] ?? [] {
        let form = dependency.values.first as? [Any]
        guard let name = form?.first as? String else { continue }
        if names.contains(name) { dependencies.uses.insert(name) } else { dependencies.packages.insert(name) }
      }
      found[try #require(target["name"] as? String)] = dependencies
    }
    return found
  }

  private static func documentedTargets() throws -> [String: Dependencies] {
    var found: [String: Dependencies] = [:]
    for cells in try Sources.tableRows(under: "## Targets", columns: 4) {
      found[Sources.quoted(cells[0]).first ?? ""] = Dependencies(
        uses: Set(Sources.quoted(cells[2])), packages: Set(Sources.quoted(cells[3])))
    }
    return found
  }

  private static func importLines(of target: String) throws -> [String] {
    try Sources.ofTarget(target).flatMap { _, text in
      text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { $0.hasPrefix("import ") || $0.hasPrefix("internal import ") || $0.hasPrefix("@testable import ") }
    }
  }
}
