import Operations
import Routing

/// The messages about a case that was made from a recorded decision.
package struct WrittenCaseText {
  /// One sentence per line: where the case is, the policy with which it passes, and the personal data that it contains.
  package let lines: [String]

  /// `path`: where the case was written; nil for standard output.
  package init(_ written: WrittenCase, path: String?) {
    let made = written.made
    let place = path.map { "written to \($0)" } ?? "written"
    var lines = [
      "decision \(made.number) \(place); it holds with the policy '\(made.revision.policy)' of then, "
        + ShortDigests.text(made.revision.digest)
    ]
    if !made.personal.isEmpty {
      let list = made.personal.map { "contact.\($0)" }.joined(separator: ", ")
      lines.append(
        written.isAnonymous
          ? "the case still contains personal data that the policy read: \(list)"
          : "the case contains personal data: \(list); --anonymous replaces what the policy did not read")
    }
    self.lines = lines
  }
}
