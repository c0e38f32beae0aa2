import Foundation
import Operations
import Policies
import PolicyTesting
import Routing

/// One run over files of cases: each case on its own, several at a time, and what came of them in the order of the files.
struct CaseRun {
  struct Options: Sendable {
    var paths: [String]
    /// Of the names of cases and files, in small or capital letters; nil runs all.
    var filter: String?
    var watchesCoverage = false
    var workers = Workers.all
  }

  /// What came of a case.
  struct Outcome: Sendable {
    let file: CaseFile
    let line: Int?
    let result: PolicyCases.Result
    let milliseconds: Double
  }

  /// What came of a file.
  struct File: Sendable {
    let path: String
    let outcomes: [Outcome]
    /// What is wrong with it, or with its policy, so that its cases cannot be run.
    let problem: String?
  }

  /// In the order of their paths as they were given.
  let files: [File]
  /// For each policy that was watched, in the order in which files name it: how it is called, its source, what was
  /// reached.
  let coverage: [(path: String, source: [UInt8], report: CoverageReport)]
  /// Policies that cannot be watched, with the reason.
  let unwatched: [String]

  var outcomes: [Outcome] { files.flatMap(\.outcomes) }
  var failures: Int { outcomes.count { !$0.result.holds } }
  var problems: [String] { files.compactMap(\.problem) }

  /// Throws when there is no case to run.
  init(_ options: Options) throws {
    let paths = try (options.paths.isEmpty ? ["Rules"] : options.paths).flatMap(CaseFile.paths)
    guard !paths.isEmpty else {
      throw Problem(
        .invalidInput,
        "no *_test.lua was found in \(options.paths.isEmpty ? "Rules" : options.paths.joined(separator: ", "))")
    }
    let read = options.workers.map(paths) { path in Swift.Result { try CaseFile(path) } }
    var maps = CaseRun.Maps()
    if options.watchesCoverage { for case .success(let file) in read { maps.add(file) } }

    var pieces: [Piece] = []
    for (place, file) in read.enumerated() {
      guard case .success(let file) = file else { continue }
      for index in 0..<file.cases.count where options.takes(file, index) {
        pieces.append(Piece(place: place, file: file, index: index, map: maps.map(of: file)))
      }
    }
    if let filter = options.filter, pieces.isEmpty, !read.contains(where: \.isFailure) {
      throw Problem(
        .invalidInput,
        "no case and no file has '\(filter)' in its name; leave --filter out to run all, --format csv names them")
    }
    let done = options.workers.map(pieces) { $0.run() }

    var files: [File] = []
    for (place, file) in read.enumerated() {
      let own = zip(pieces, done).filter { $0.0.place == place }.map(\.1)
      let problem: String? =
        switch file {
        case .failure(let error): usherError(error)?.message ?? "\(error)"
        case .success: own.lazy.compactMap(\.problem).first
        }
      files.append(
        File(path: paths[place], outcomes: problem == nil ? own.compactMap(\.outcome) : [], problem: problem))
    }
    self.files = files
    for outcome in files.flatMap(\.outcomes) { maps.add(outcome) }
    coverage = maps.reports
    unwatched = maps.refusals
  }

  /// One case to be run.
  private struct Piece: Sendable {
    let place: Int
    let file: CaseFile
    let index: Int
    let map: CoverageMap?

    func run() -> Done {
      let start = stopwatch()
      do throws(Fault) {
        let result = try file.cases.run(index, policy: file.policy.name, source: file.policy.source, map: map)
        let line = file.lines.isEmpty ? nil : file.lines[index]
        return Done(
          outcome: Outcome(file: file, line: line, result: result, milliseconds: stopwatch() - start), problem: nil)
      } catch {
        let text = error.text(in: file.policy.path ?? file.policy.name, source: file.policy.source)
        return Done(outcome: nil, problem: "\(file.path): its policy cannot be used\n\(text.withoutTrailingNewlines)")
      }
    }
  }

  private struct Done: Sendable {
    let outcome: Outcome?
    let problem: String?
  }

  /// Where the policies can be come by, one map for each, however many files are about it.
  private struct Maps {
    private var tallies: [(path: String, source: [UInt8], tally: CoverageTally)] = []
    private(set) var refusals: [String] = []

    mutating func add(_ file: CaseFile) {
      let path = file.policyPath
      if tallies.contains(where: { $0.path == path }) { return }
      do throws(CoverageMap.Refusal) {
        tallies.append((path, file.policy.source, CoverageTally(try CoverageMap(file.policy.source))))
      } catch {
        let text = "\(path): its coverage cannot be measured: \(error.message)"
        if !refusals.contains(text) { refusals.append(text) }
      }
    }

    func map(of file: CaseFile) -> CoverageMap? { tallies.first { $0.path == file.policyPath }?.tally.map }

    mutating func add(_ outcome: Outcome) {
      let path = outcome.file.policyPath
      guard let visit = outcome.result.visit, let place = tallies.firstIndex(where: { $0.path == path }) else { return }
      tallies[place].tally.add(visit, of: "\(outcome.file.path): \(outcome.result.name)")
    }

    var reports: [(path: String, source: [UInt8], report: CoverageReport)] {
      tallies.map { ($0.path, $0.source, CoverageReport($0.tally)) }
    }
  }
}

extension CaseRun.Options {
  fileprivate func takes(_ file: CaseFile, _ index: Int) -> Bool {
    guard let filter = filter?.lowercased() else { return true }
    return file.path.lowercased().contains(filter) || file.cases.names[index].lowercased().contains(filter)
  }
}

extension Swift.Result {
  fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
