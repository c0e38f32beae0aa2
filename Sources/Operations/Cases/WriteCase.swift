import DryRun
import Files
import Policies
import PolicyTesting
import Routing

/// A case that reproduces a recorded decision, and the file that contains it.
package struct WrittenCase: Sendable {
  /// The case itself, with the revision and decision that it was made from.
  package let made: RecordedCase
  /// The whole file: only the case, or an existing file with the case added at the end.
  package let text: String
  /// Whether `text` is the file that is there with one more case.
  package let isAdded: Bool
  /// Whether personal data that the policy did not read was replaced.
  package let isAnonymous: Bool
}

/// Makes a case that reproduces a recorded decision. Writes nothing.
package struct WriteCase {
  private let number: Int64
  private let tenant: TenantID?
  private let isAnonymous: Bool
  private let path: String?

  /// `number`: the decision's. `tenant` nil: any tenant. `isAnonymous`: personal data that the policy did not read is replaced.
  /// `path`: where the case will be written; if the file exists, the case is added to its cases.
  package init(_ number: Int64, of tenant: TenantID?, isAnonymous: Bool, to path: String?) {
    (self.number, self.tenant, self.isAnonymous, self.path) = (number, tenant, isAnonymous, path)
  }

  /// Throws a `Problem` if the case cannot be added to the file at `path`, or if it would not pass with the recorded policy.
  package func run(on store: any HistoryStore) throws -> WrittenCase {
    let made = try store.readHistory { snapshot in
      try RecordedCase(number, of: tenant, isAnonymous: isAnonymous, in: snapshot)
    }
    let existing = path.flatMap { FileStatus($0)?.isRegular == true ? $0 : nil }
    let text = try existing.map { try Self.add(made, to: $0) } ?? made.file
    try check(text, made)
    return WrittenCase(made: made, text: text, isAdded: existing != nil, isAnonymous: isAnonymous)
  }

  /// Checks that the written case passes with the recorded policy.
  private func check(_ text: String, _ made: RecordedCase) throws {
    let cases = try? PolicyCases(file: path ?? "case", source: Array(text.utf8))
    let source = Array(made.revision.source.utf8)
    guard let cases,
      let result = try? cases.run(cases.count - 1, policy: made.revision.policy, source: source), result.holds
    else {
      throw Problem(.unreadableRecord, "decision \(number) cannot be written as a case that passes; please report this")
    }
  }

  /// The file with the case at the end of its `cases`. Throws if the file tests another policy, or its cases are not literal.
  private static func add(_ made: RecordedCase, to path: String) throws -> String {
    let source = try InputFile.bytes(path)
    let cases: PolicyCases
    do { cases = try PolicyCases(file: path, source: source) } catch {
      throw Problem(.invalidPolicy, "\(path): \(error.message)")
    }
    let stem = cases.policy.hasSuffix(".lua") ? String(cases.policy.dropLast(4)) : cases.policy
    guard
      stem.split(separator: "/").last.map(String.init)
        == made.revision.policy.split(separator: "/").last.map(String.init)
    else {
      throw Problem(
        .invalidInput,
        "\(path) tests the policy '\(cases.policy)', but decision \(made.number) was made by '\(made.revision.policy)'; "
          + "name another file with --out")
    }
    guard let place = PolicyCases.endOfCases(in: source) else {
      throw Problem(
        .invalidInput, "\(path): its cases are not a literal list in the returned table; omit --out")
    }
    var bytes = source[..<place.brace]
    if let comma = place.comma { bytes.insert(UInt8(ascii: ","), at: comma) }
    // The text between the last case and the closing brace, including the brace's indent, moves after the new case.
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let last = lines.last ?? ""
    let isOwnLine = lines.count > 1 && last.allSatisfy { $0 == " " || $0 == "\t" }
    let head = isOwnLine ? lines.dropLast().joined(separator: "\n") : text
    let tail = String(decoding: source[place.brace...], as: UTF8.self)
    return head + "\n    " + made.entry(depth: 2) + ",\n" + (isOwnLine ? String(last) : "  ") + tail
  }
}
