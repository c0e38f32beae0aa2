import Operations
import Pages
import Policies
import PolicyTesting

/// Coverage as one HTML file: the policies' sources, line by line, with what cases reached and why not the rest.
package struct CoveragePage {
  private let run: CaseRun

  /// `run` must have measured coverage.
  package init(_ run: CaseRun) { self.run = run }

  /// A table of the policies, then each source.
  package var page: Page {
    return Page(
      title: "Coverage of \(run.coverage.count) \(run.coverage.count == 1 ? "policy" : "policies")",
      summary: summary(run.coverageShare),
      facts: [
        ("Cases", "\(run.outcomes.count)"), ("Failed", "\(run.failures)"), ("Files", "\(run.files.count)"),
      ],
      blocks: [table] + run.coverage.map(section)
        + CoverageText(run).remarks.map { Paragraph($0) })
  }

  private func summary(_ share: CoverageReport.Share) -> String {
    let missing = share.total - share.reached
    let rest = missing == 0 ? "nothing is left." : "\(missing) are left."
    return "Cases reach \(CoverageText.percent(share)) % of the lines and branches; " + rest
  }

  private var table: any Page.Block {
    Table(
      ["policy", "lines", "of", "share", "branches", "of", "share", "functions", "of"],
      rows: run.coverage.map { policy in
        let report = policy.report
        return [
          .text(policy.path), .count(report.lineShare.reached), .count(report.lineShare.total),
          .percent(CoveragePage.shown(report.lineShare)), .count(report.branchShare.reached),
          .count(report.branchShare.total), .percent(CoveragePage.shown(report.branchShare)),
          .count(report.functionShare.reached), .count(report.functionShare.total),
        ]
      })
  }

  /// The percentage of `CoverageText` as a share of 1.
  static func shown(_ share: CoverageReport.Share) -> Double { Double(share.shownTenths) / 1000 }

  private func section(_ policy: CaseRun.Coverage) -> any Page.Block {
    let (path, report) = (policy.path, policy.report)
    let texts = SourceExcerpt(policy.source).all
    let lines = texts.enumerated().map { place, text -> CodeListing.Line in
      let number = place + 1
      let line = report.lines.first { $0.line == number }
      let branches = report.branches.filter { $0.line == number }
      let uncalled = report.functions.filter { $0.line == number && $0.count == 0 }.map {
        "'\($0.name)' is never called"
      }
      let notes =
        [line?.reason].compactMap(\.self)
        + branches.compactMap { branch in branch.reason.map { "column \(branch.column): \($0)" } }
        + uncalled
      let isPartial = branches.contains { $0.counts.contains(0) } || !uncalled.isEmpty
      let state: CodeListing.State =
        switch line?.count {
        case nil: uncalled.isEmpty ? .plain : .bad
        case 0?: .bad
        default: isPartial ? .partial : .good
        }
      return .init(text, state: state, count: line.map { "\($0.count)" }, notes: notes)
    }
    return Section(path, [CodeListing(label: "Source of \(path)", lines: lines)])
  }
}
