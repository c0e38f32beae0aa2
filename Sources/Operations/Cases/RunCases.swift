import Policies
import PolicyTesting
import Routing
import Wire

/// The results of a run of cases, in the order of the files.
package struct CaseRun: Sendable {
  /// The result of a case.
  package struct Outcome: Sendable {
    /// Where the case is written, with the policy that it tests.
    package let file: CaseFile
    /// The line on which the case begins; nil if the cases are not literal.
    package let line: Int?
    /// What the policy decided, and how that differs from what the case expects.
    package let result: PolicyCases.Result
    /// Measured with the run's stopwatch; varies from run to run.
    package let milliseconds: Double
  }

  /// The results of a file.
  package struct File: Sendable {
    /// As found: below a path given on the command line.
    package let path: String
    /// In the order in which the file lists its cases; empty if `problem` is set.
    package let outcomes: [Outcome]
    /// Keys that its cases give under the names of an earlier version, once each; empty if it cannot be read.
    package let formerKeys: [FormerKey]
    /// What is wrong with it, or with its policy, so that its cases cannot be run.
    package let problem: String?
  }

  /// The coverage of a policy.
  package struct Coverage: Sendable {
    /// The policy's name in reports.
    package let path: String
    /// The policy's bytes, with which reports show lines that were not reached.
    package let source: [UInt8]
    /// Counts of all cases of this policy together.
    package let report: CoverageReport
  }

  /// In the order of their paths as they were given.
  package let files: [File]
  /// For each policy that was measured, in the order in which files name it; empty unless it was asked for.
  package let coverage: [Coverage]
  /// Sentences on policies whose coverage cannot be measured, with the reason.
  package let unmeasured: [String]

  /// The results of all files that can be run.
  package var outcomes: [Outcome] { files.flatMap(\.outcomes) }
  /// The number of cases that failed.
  package var failures: Int { outcomes.count { !$0.result.holds } }
  /// Former names in the files' cases, each a sentence that names the file.
  package var notes: [String] { files.flatMap { file in file.formerKeys.map { "\(file.path): \($0.note)" } } }
  /// What is wrong with files that cannot be run.
  package var problems: [String] { files.compactMap(\.problem) }
  /// Whether every file could be run and every case passed.
  package var holds: Bool { failures == 0 && problems.isEmpty }

  /// Lines and branches of all measured policies together.
  package var coverageShare: CoverageReport.Share { coverage.reduce(.init()) { $0 + $1.report.share } }

  /// Whether all policies could be measured and at least this percentage of lines and branches was reached.
  package func isCovered(percent: Double) -> Bool { unmeasured.isEmpty && coverageShare.percent >= percent }
}

/// Runs the cases of files, each case separately, several in parallel.
package struct RunCases {
  private let paths: [String]
  private let filter: String?
  private let measuresCoverage: Bool
  private let workers: Workers
  private let stopwatch: @Sendable () -> Double

  /// `paths` are files and folders; empty means the folder `Rules`. `filter`: part of the names of the cases or files to run,
  /// ignoring case; nil runs all. `stopwatch`: milliseconds of a clock that only goes forward.
  package init(
    _ paths: [String], filter: String? = nil, measuresCoverage: Bool = false, workers: Workers = .all,
    stopwatch: @escaping @Sendable () -> Double
  ) {
    self.paths = paths.isEmpty ? ["Rules"] : paths
    (self.filter, self.measuresCoverage) = (filter, measuresCoverage)
    (self.workers, self.stopwatch) = (workers, stopwatch)
  }

  /// Throws a `Problem` if there is no case to run. Errors in a file are part of the result.
  package func run() throws -> CaseRun {
    let paths = try paths.flatMap(CaseFile.paths)
    guard !paths.isEmpty else {
      throw Problem(.invalidInput, "no *_test.lua file found in \(self.paths.joined(separator: ", "))")
    }
    let read = workers.map(paths) { path in Swift.Result { try CaseFile(path) } }
    var maps = Maps()
    if measuresCoverage { for case .success(let file) in read { maps.add(file) } }

    let pieces = pieces(of: read, maps)
    if let filter, pieces.isEmpty, !read.contains(where: \.isFailure) {
      throw Problem(
        .invalidInput,
        "no case or file name contains '\(filter)'; omit --filter to run all, or list the names with --format csv")
    }
    let done = workers.map(pieces) { [stopwatch] in $0.run(stopwatch) }

    var files: [CaseRun.File] = []
    for (place, file) in read.enumerated() {
      let own = zip(pieces, done).filter { $0.0.place == place }.map(\.1)
      let problem: String? =
        switch file {
        case .failure(let error): usherError(error)?.message ?? "\(error)"
        case .success: own.lazy.compactMap(\.problem).first
        }
      files.append(
        CaseRun.File(
          path: paths[place], outcomes: problem == nil ? own.compactMap(\.outcome) : [],
          formerKeys: (try? file.get())?.cases.formerKeys ?? [], problem: problem))
    }
    for outcome in files.flatMap(\.outcomes) { maps.add(outcome) }
    return CaseRun(files: files, coverage: maps.coverage, unmeasured: maps.refusals)
  }

  private func pieces(of read: [Result<CaseFile, any Error>], _ maps: Maps) -> [Piece] {
    var pieces: [Piece] = []
    for (place, file) in read.enumerated() {
      guard case .success(let file) = file else { continue }
      for index in 0..<file.cases.count where takes(file, index) {
        pieces.append(Piece(place: place, file: file, index: index, map: maps.map(of: file)))
      }
    }
    return pieces
  }

  private func takes(_ file: CaseFile, _ index: Int) -> Bool {
    guard let filter = filter?.lowercased() else { return true }
    return file.path.lowercased().contains(filter) || file.cases.names[index].lowercased().contains(filter)
  }

  /// A case to run.
  private struct Piece: Sendable {
    let place: Int
    let file: CaseFile
    let index: Int
    let map: CoverageMap?

    func run(_ stopwatch: () -> Double) -> Done {
      let start = stopwatch()
      do throws(Fault) {
        let result = try file.cases.run(index, policy: file.policy.name, source: file.policy.source, map: map)
        let line = file.lines.isEmpty ? nil : file.lines[index]
        return Done(
          outcome: CaseRun.Outcome(file: file, line: line, result: result, milliseconds: stopwatch() - start),
          problem: nil)
      } catch  where error.code == .parameterOutOfRange {
        // The policy is sound: the case gives it a value that it does not take.
        let line = file.lines.isEmpty ? nil : file.lines[index]
        let place = "\(file.path)\(line.map { ":\($0)" } ?? "")"
        let excerpt = SourceExcerpt(file.source).text(line: line)
        return Done(outcome: nil, problem: "\(place): \(error.message)\n\(excerpt)".withoutTrailingNewlines)
      } catch {
        let text = error.text(in: file.policy.path ?? file.policy.name, source: file.policy.source)
        return Done(outcome: nil, problem: "\(file.path): its policy cannot be used\n\(text.withoutTrailingNewlines)")
      }
    }
  }

  private struct Done: Sendable {
    let outcome: CaseRun.Outcome?
    let problem: String?
  }

  /// The reachable lines and branches of the policies: one tally for each policy, however many files test it.
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

    mutating func add(_ outcome: CaseRun.Outcome) {
      let path = outcome.file.policyPath
      guard let visit = outcome.result.visit, let place = tallies.firstIndex(where: { $0.path == path }) else { return }
      tallies[place].tally.add(visit, of: "\(outcome.file.path): \(outcome.result.name)")
    }

    var coverage: [CaseRun.Coverage] {
      tallies.map { CaseRun.Coverage(path: $0.path, source: $0.source, report: CoverageReport($0.tally)) }
    }
  }
}

extension Swift.Result {
  fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
