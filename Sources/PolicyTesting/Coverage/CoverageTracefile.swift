/// Coverage as an lcov tracefile, the format that `genhtml`, editors and CI services read.
package struct CoverageTracefile: Sendable {
  /// The records so far, each closed with `end_of_record`; empty before the first.
  package private(set) var text = ""

  /// A tracefile without records.
  package init() {}

  /// Adds the record of a file. Readers open the source at `path`.
  package mutating func add(_ report: CoverageReport, path: String) {
    var lines = ["TN:", "SF:\(path)"]
    for function in report.functions { lines.append("FN:\(function.line),\(CoverageTracefile.name(function))") }
    for function in report.functions { lines.append("FNDA:\(function.count),\(CoverageTracefile.name(function))") }
    lines.append("FNF:\(report.functionShare.total)")
    lines.append("FNH:\(report.functionShare.reached)")
    for (block, branch) in report.branches.enumerated() {
      let isReached = branch.counts.contains { $0.map { $0 > 0 } ?? false }
      for (way, count) in branch.counts.enumerated() {
        guard let count else { continue }
        // "-" means that the branch was never reached.
        lines.append("BRDA:\(branch.line),\(block),\(way),\(isReached ? "\(count)" : "-")")
      }
    }
    lines.append("BRF:\(report.branchShare.total)")
    lines.append("BRH:\(report.branchShare.reached)")
    for line in report.lines { lines.append("DA:\(line.line),\(line.count)") }
    lines.append("LF:\(report.lineShare.total)")
    lines.append("LH:\(report.lineShare.reached)")
    lines.append("end_of_record")
    text += lines.map { $0 + "\n" }.joined()
  }

  /// A function's name can contain any text, but in a tracefile it must not contain a comma or a newline.
  private static func name(_ function: CoverageReport.Function) -> String {
    String(
      String.UnicodeScalarView(
        function.name.unicodeScalars.map { $0 == "," || $0.properties.generalCategory == .control ? "_" : $0 }))
  }
}
