import Routing

extension PolicyCheck {
  /// A file after all unambiguous fixes.
  package struct FixedFile: Sendable {
    /// The source afterwards; unchanged if nothing was fixed.
    package let source: [UInt8]
    /// The findings that were fixed, in file order within each pass.
    package let fixed: [Finding]

    /// The maximum number of passes. A fix can reveal another: when a misspelt name is fixed, the fields read from it can
    /// be checked.
    private static let passes = 8

    /// Fixes the findings for which `isWanted` returns true; a file that does not parse is not changed. Fixes are undone
    /// if the file then no longer parses, or has errors although it had none.
    package init(
      file: String, source: [UInt8], parameters: [Parameter] = [], isWanted: (Finding) -> Bool = { _ in true }
    ) {
      var source = source
      var fixed: [Finding] = []
      var check = PolicyCheck(file: file, source: source, parameters: parameters)
      for _ in 0..<FixedFile.passes {
        let findings = FixedFile.apart(check.findings.filter { $0.fix != nil && isWanted($0) })
        guard !findings.isEmpty else { break }
        let next = FixedFile.apply(findings.compactMap(\.fix), to: source)
        let after = PolicyCheck(file: file, source: next, parameters: parameters)
        let isWorse = after.findings.contains { $0.rule == .syntax } || (after.hasErrors && !check.hasErrors)
        guard !isWorse else { break }
        (source, check) = (next, after)
        fixed += findings
      }
      (self.source, self.fixed) = (source, fixed)
    }

    /// The findings whose edits do not overlap; of two that overlap, the first.
    private static func apart(_ findings: [Finding]) -> [Finding] {
      var end = -1
      // Findings are in file order, and so are the edits of each.
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
