import Routing

extension PolicyCheck {
  /// A file after all unambiguous fixes.
  package struct FixedFile: Sendable {
    /// The source afterwards; unchanged if nothing was fixed.
    package let source: [UInt8]
    /// The findings that were fixed, in file order within each pass.
    package let fixed: [Finding]
    /// The findings that have a fix but were not fixed, because the file would then no longer parse, or no longer load.
    /// They are findings of `source`, in file order.
    package let refused: [Finding]

    /// The maximum number of passes. A fix can reveal another: when a misspelt name is fixed, the fields read from it can
    /// be checked.
    private static let passes = 8

    /// Fixes the findings for which `isWanted` returns true; a file that does not parse is not changed. A fix is refused
    /// if the file then no longer parses, or has errors although it had none; the other fixes are applied.
    package init(
      file: String, source: [UInt8], parameters: [Parameter] = [], isWanted: (Finding) -> Bool = { _ in true }
    ) {
      var source = source
      var fixed: [Finding] = []
      var check = PolicyCheck(file: file, source: source, parameters: parameters)
      var refused: [Finding] = []
      for _ in 0..<FixedFile.passes {
        let wanted = check.findings.filter { $0.fix != nil && isWanted($0) }
        var pass = Pass(source: source, check: check) {
          PolicyCheck(file: file, source: $0, parameters: parameters)
        }
        pass.apply(wanted)
        refused = pass.accepted.isEmpty ? wanted : []
        guard !pass.accepted.isEmpty else { break }
        (source, check) = (pass.result, pass.after)
        fixed += pass.accepted
      }
      (self.source, self.fixed, self.refused) = (source, fixed, refused)
    }
  }
}

extension PolicyCheck.FixedFile {
  /// The fixes of one pass: of findings whose edits do not overlap.
  private struct Pass {
    private let source: [UInt8]
    private let check: (_ source: [UInt8]) -> PolicyCheck
    private let hadErrors: Bool
    /// The number of checks that the pass may still make. Without a limit, a file with thousands of fixes that are refused
    /// would take minutes.
    private var checksLeft = 100
    /// In file order.
    private(set) var accepted: [PolicyCheck.Finding] = []
    /// The source with all accepted fixes.
    private(set) var result: [UInt8]
    /// The check of `result`.
    private(set) var after: PolicyCheck

    /// `check`: the findings in `source`. `rerun` checks another source under the same name.
    init(source: [UInt8], check: PolicyCheck, rerun: @escaping (_ source: [UInt8]) -> PolicyCheck) {
      (self.source, self.check, hadErrors) = (source, rerun, check.hasErrors)
      (result, after) = (source, check)
    }

    /// Accepts the fixes of `findings` that do not make the file worse. Of findings whose edits overlap it tries the next
    /// only if no fix was accepted before it; those that are left are tried in the next pass.
    mutating func apply(_ findings: [PolicyCheck.Finding]) {
      var left = findings
      while accepted.isEmpty, !left.isEmpty {
        let group = Pass.apart(left)
        take(group[...])
        left.removeAll { finding in group.contains { $0.fix == finding.fix } }
      }
    }

    /// Tries all at once, then each half alone: the number of checks grows with the number of refused fixes. When no check
    /// is left, the rest counts as refused.
    private mutating func take(_ group: ArraySlice<PolicyCheck.Finding>) {
      guard checksLeft > 0 else { return }
      checksLeft -= 1
      let tried = accepted + group
      let next = Pass.apply(tried.compactMap(\.fix), to: source)
      let found = check(next)
      if !found.findings.contains(where: { $0.rule == .syntax }), hadErrors || !found.hasErrors {
        (accepted, result, after) = (tried, next, found)
      } else if group.count > 1 {
        let middle = group.startIndex + group.count / 2
        take(group[..<middle])
        take(group[middle...])
      }
    }

    /// The findings whose edits do not overlap; of two that overlap, the first.
    private static func apart(_ findings: [PolicyCheck.Finding]) -> [PolicyCheck.Finding] {
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

    private static func apply(_ fixes: [PolicyCheck.Fix], to source: [UInt8]) -> [UInt8] {
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
