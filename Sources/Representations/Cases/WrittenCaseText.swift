import Operations
import Routing

/// What is said of a case that was made of a decision on record.
package struct WrittenCaseText {
  /// A sentence a line: where it is, with which policy it holds, and what it tells of a person.
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
          ? "it still tells of a person, since the policy read it: \(list)"
          : "it tells of a person: \(list); --anonymous replaces what the policy did not read")
    }
    self.lines = lines
  }
}
