import Operations
import Policies
import PolicyTesting
import Routing
import Wire

/// The coverage of policies as text: a table, and below it each line and branch that no case reached, with the reason if it
/// is known.
package struct CoverageText {
  private let run: CaseRun

  /// `run` must have measured coverage.
  package init(_ run: CaseRun) { self.run = run }

  /// Whole lines; empty when no policy was measured.
  package var text: String {
    var listing = Listing(["policy", "lines", "lines_%", "branches", "branches_%", "functions"])
    for policy in run.coverage {
      let report = policy.report
      listing.add([
        .string(policy.path), .string(parts(report.lineShare)), .string(percent(report.lineShare)),
        .string(parts(report.branchShare)), .string(percent(report.branchShare)), .string(parts(report.functionShare)),
      ])
    }
    return (listing.rows.isEmpty ? "" : listing.text(.table)) + run.coverage.map(missing).joined()
  }

  /// What the counts leave out, in sentences.
  package var remarks: [String] {
    run.unmeasured + run.coverage.flatMap { $0.report.leftOut.map { "not counted: \($0)" } }
  }

  /// The lines and branches as a tracefile of lcov.
  package var tracefile: String {
    var tracefile = CoverageTracefile()
    for policy in run.coverage { tracefile.add(policy.report, path: policy.path) }
    return tracefile.text
  }

  /// `87.5 % of lines and branches are reached`.
  package var sentence: String { "\(CoverageText.percent(run.coverageShare)) % of lines and branches are reached" }

  private func missing(_ policy: CaseRun.Coverage) -> String {
    let (path, report) = (policy.path, policy.report)
    var lines: [(line: Int, column: Int?, text: String)] = []
    for line in report.lines where line.count == 0 {
      lines.append((line.line, nil, "not reached" + (line.reason.map { ": \($0)" } ?? "")))
    }
    let unreached = Set(lines.map(\.line))
    for branch in report.branches where !unreached.contains(branch.line) {
      if let reason = branch.reason { lines.append((branch.line, branch.column, reason)) }
    }
    for function in report.functions where function.count == 0 && !unreached.contains(function.line) {
      lines.append((function.line, nil, "'\(function.name)' is never called"))
    }
    return lines.sorted { ($0.line, $0.column ?? 0, $0.text) < ($1.line, $1.column ?? 0, $1.text) }.map {
      "\(path):\($0.line)\($0.column.map { ":\($0)" } ?? ""): \($0.text)\n"
    }.joined()
  }

  private func parts(_ share: CoverageReport.Share) -> String { "\(share.reached) of \(share.total)" }

  private func percent(_ share: CoverageReport.Share) -> String { CoverageText.percent(share) + " %" }

  /// `87.5`, `100`.
  static func percent(_ share: CoverageReport.Share) -> String {
    let tenths = share.shownTenths
    return tenths == 1000 ? "100" : "\(tenths / 10).\(tenths % 10)"
  }
}
