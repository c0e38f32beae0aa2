import ArgumentParser
import DryRun
import Files
import Foundation
import Operations
import Policies
import PolicyTesting
import Routing

/// Writes the case that makes a decision on record again: to standard output, into a new file, or into the cases of a
/// file that is there.
struct CaseWriting {
  let number: Int64
  let tenant: String?
  let isAnonymous: Bool
  /// Nil for standard output.
  let out: OutputPath?

  func run(_ store: StoreOptions) throws {
    let file = try store.file()
    // Before the file is read: a store, or a pipe, holds no cases.
    try out?.check(for: .lua, store: file)
    let made = try store.openToRead().readHistory { snapshot in
      try RecordedCase(number, of: tenant.map(TenantID.init(stored:)), isAnonymous: isAnonymous, in: snapshot)
    }
    let text: String
    // People trust their group with a file of cases that is there; a new one tells of a person, and is private.
    var mode = FileMode.personal(store: file)
    if let path = out?.path, FileStatus(path)?.isRegular == true {
      text = try CaseWriting.add(made, to: path)
      mode = .ordinary
    } else {
      text = made.file
    }
    try check(text, made)
    let output = try ReportOutput(path: out?.path, for: .lua, mode: mode, store: file)
    try output.put(text)
    try output.finish()
    say(made)
  }

  /// What is written must hold, with the policy as it was.
  private func check(_ text: String, _ made: RecordedCase) throws {
    let cases = try? PolicyCases(file: out?.path ?? "case", source: Array(text.utf8))
    let source = Array(made.revision.source.utf8)
    guard let cases,
      let result = try? cases.run(cases.count - 1, policy: made.revision.policy, source: source), result.holds
    else {
      throw Problem(.holdUncertain, "decision \(number) cannot be written as a case that holds; please report this")
    }
  }

  private func say(_ made: RecordedCase) {
    let place = out.map { "written to \($0.path)" } ?? "written"
    Talk.say(
      "decision \(number) \(place); it holds with the policy '\(made.revision.policy)' of then, \(made.revision.digest)"
    )
    if made.personal.isEmpty { return }
    let list = made.personal.map { "contact.\($0)" }.joined(separator: ", ")
    if isAnonymous {
      Talk.say("it still tells of a person, since the policy read it: \(list)")
    } else {
      Talk.say("it tells of a person: \(list); --anonymous replaces what the policy did not read")
    }
  }

  /// The file with the case at the end of its `cases`. Throws when it is about another policy, or its cases are not
  /// written out.
  private static func add(_ made: RecordedCase, to path: String) throws -> String {
    let source = try readInput(path)
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
        .revisionNotFound,
        "\(path) is about the policy '\(cases.policy)', and decision \(made.number) was made by '\(made.revision.policy)'; "
          + "name another file with --out")
    }
    guard let place = PolicyCases.endOfCases(in: source) else {
      throw Problem(
        .invalidInput, "\(path): its cases are not written out as a list in the table that it returns; leave --out out")
    }
    var bytes = source[..<place.brace]
    if let comma = place.comma { bytes.insert(UInt8(ascii: ","), at: comma) }
    // What stands between the last case and the brace, the brace's own indent last, goes behind the new case.
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let last = lines.last ?? ""
    let isOwnLine = lines.count > 1 && last.allSatisfy { $0 == " " || $0 == "\t" }
    let head = isOwnLine ? lines.dropLast().joined(separator: "\n") : text
    let tail = String(decoding: source[place.brace...], as: UTF8.self)
    return head + "\n    " + made.entry(depth: 2) + ",\n" + (isOwnLine ? String(last) : "  ") + tail
  }
}
