import Operations
import Policies

extension PolicyCheck.Finding {
  /// `file:3:12: error: what is wrong [rule]`, the line with a mark below the place, and what to do.
  func text(in file: String, _ excerpt: SourceExcerpt) -> String {
    let place = [file] + [line, column].compactMap { $0.map(String.init) }
    let end = endLine == line ? endColumn : Int.max
    let mends = fix == nil ? "" : " (--fix does it)"
    return place.joined(separator: ":") + ": \(severity.rawValue): \(message) [\(rule.rawValue)]\n"
      + excerpt.text(line: line, column: column, endColumn: end) + (advice.map { "  \($0)\(mends)\n" } ?? "")
  }
}
