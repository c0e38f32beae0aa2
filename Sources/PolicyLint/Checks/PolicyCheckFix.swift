import Routing

extension PolicyCheck {
  /// A file with everything fixed whose mend is certain.
  package struct Mend: Sendable {
    /// The source afterwards; the same bytes when nothing was fixed.
    package let source: [UInt8]
    /// What was fixed, in the order of the file as it was found each time.
    package let fixed: [Finding]

    /// How often what was fixed is looked at again: a mend can uncover another, as a name that is now known does the
    /// fields that are read of it.
    private static let passes = 8

    /// Mends what `isWanted`; a file that does not parse has nothing that could be. Mends after which the file no longer
    /// parses, or has errors where it had none, are taken back.
    package init(
      file: String, source: [UInt8], parameters: [Parameter] = [], isWanted: (Finding) -> Bool = { _ in true }
    ) {
      var source = source
      var fixed: [Finding] = []
      var check = PolicyCheck(file: file, source: source, parameters: parameters)
      for _ in 0..<Mend.passes {
        let findings = Mend.apart(check.findings.filter { $0.fix != nil && isWanted($0) })
        guard !findings.isEmpty else { break }
        let next = Mend.apply(findings.compactMap(\.fix), to: source)
        let after = PolicyCheck(file: file, source: next, parameters: parameters)
        let isWorse = after.findings.contains { $0.rule == .syntax } || (after.hasErrors && !check.hasErrors)
        guard !isWorse else { break }
        (source, check) = (next, after)
        fixed += findings
      }
      (self.source, self.fixed) = (source, fixed)
    }

    /// Those whose edits do not meet: the first of two that do.
    private static func apart(_ findings: [Finding]) -> [Finding] {
      var end = -1
      // In the order of the file, as the edits of each are.
      return findings.filter { finding in
        guard let first = finding.fix?.edits.first, let last = finding.fix?.edits.last,
          first.range.start.offset > end
        else { return false }
        end = last.range.end.offset
        return true
      }
    }

    private static func apply(_ fixes: [Fix], to source: [UInt8]) -> [UInt8] {
      var result: [UInt8] = []
      var copied = 0
      for edit in fixes.flatMap(\.edits).sorted(by: { $0.range.start < $1.range.start }) {
        result += source[copied..<edit.range.start.offset]
        result += edit.text.utf8
        copied = edit.range.end.offset
      }
      return result + source[copied...]
    }
  }
}
