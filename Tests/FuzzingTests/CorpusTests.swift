import Foundation
import FuzzChecks
import Testing

/// The fuzzers' corpus and seeds obey the rules: a change of the program that a target does not know fails here.
struct CorpusTests {
  /// A fuzz target, the folder of its corpus, and the folders with more seeds for it.
  struct Target: CustomTestStringConvertible, Sendable {
    let name: String
    let check: any FuzzCheck.Type
    var seeds: [String] = []

    var testDescription: String { name }
  }

  static let targets = [
    Target(name: "policy", check: PolicyFuzzCheck.self, seeds: ["Rules", "Examples/policies"]),
    Target(name: "guard", check: GuardFuzzCheck.self, seeds: ["Rules/guards"]),
    Target(name: "cases", check: CasesFuzzCheck.self, seeds: ["Rules", "Rules/guards", "Examples/policies"]),
    Target(name: "request", check: RequestFuzzCheck.self),
  ]

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../..").standardized

  @Test(arguments: targets)
  func `each input of the corpus and each seed obeys the rules`(target: Target) throws {
    let corpus = try CorpusTests.files(of: "Tests/Fuzzing/Corpus/\(target.name)")
    #expect(!corpus.isEmpty)
    for file in try corpus + target.seeds.flatMap({ try CorpusTests.files(of: $0) }) {
      do { try target.check.init(Array(Data(contentsOf: file))).run() } catch {
        Issue.record("\(file.path): \(error)")
      }
    }
  }

  @Test func `each folder of the corpus belongs to a target`() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: CorpusTests.root.path + "/Tests/Fuzzing/Corpus")
    #expect(Set(folders) == Set(CorpusTests.targets.map(\.name)))
  }

  private static func files(of folder: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: root.appendingPathComponent(folder), includingPropertiesForKeys: [.isRegularFileKey]
    ).filter { try $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true }
      .sorted { $0.path < $1.path }
  }
}
