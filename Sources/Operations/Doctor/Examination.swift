import Files
import Foundation
import Policies
import Routing
import Stores

/// Checks this machine's libraries, and a store if one is named. Writes nothing.
package struct Examination: Sendable {
  /// The version of the program, which the first line names.
  package var version: String
  /// The address of a store to check as well; nil for none.
  package var store: String?

  /// The machine's time, with which the store's times are compared; nil to skip this check.
  package var now: Instant?

  /// Checks nothing before `run`.
  package init(version: String, store: String? = nil, now: Instant? = nil) {
    (self.version, self.store, self.now) = (version, store, now)
  }

  /// The result of one check.
  package struct Finding: Equatable, Sendable {
    /// A program, a library, `machine` or `store`.
    package let part: String
    /// What was checked, in a few words.
    package let check: String
    /// `ok`, `wrong`, or how far a known defect is contained: `contained`, `partly`, `absent`.
    package let state: String
    /// What was found, or the problem and its solution.
    package let found: String

    /// Whether somebody has to act; a known defect that is partly contained is not wrong.
    package var isWrong: Bool { state == Finding.wrong }

    private static let (ok, wrong) = ("ok", "wrong")

    fileprivate init(_ part: String, _ check: String, _ found: String) {
      (self.part, self.check, self.state, self.found) = (part, check, Finding.ok, found)
    }

    /// Wrong if there is a problem.
    fileprivate init(_ part: String, _ check: String, _ found: String, problem: String?) {
      (self.part, self.check) = (part, check)
      (state, self.found) = (problem == nil ? Finding.ok : Finding.wrong, problem ?? found)
    }

    fileprivate init(_ defect: KnownDefect) {
      (part, check, state, found) = (defect.part, defect.name, defect.state.rawValue, defect.why)
    }
  }

  /// The results of all checks.
  package struct Answer: Equatable, Sendable {
    /// In a fixed order: the engine, the machine, the database library, the store, known defects.
    package let findings: [Finding]

    /// Throws a `Problem` with the code `checkFailed` if a finding is wrong.
    package func expectNothingWrong() throws {
      let wrong = findings.count(where: \.isWrong)
      if wrong > 0 { throw Problem(.checkFailed, "\(wrong) of \(findings.count) checks found something wrong") }
    }
  }

  /// A store that cannot be opened is a finding, not an error. Costs a second for the engine, and a
  /// read of a store of at most 256 MiB.
  package func run() -> Answer {
    let looked = store.map { Examination.look(at: $0, now: now) } ?? []
    return Answer(
      findings: engine() + Examination.machine() + Examination.database() + looked
        + KnownDefect.all(Stores.engine).map { Finding($0) })
  }

  private func engine() -> [Finding] {
    [
      Finding("Usher", "version", "\(version), engine \(CompiledPolicy.engine.number)"),
      Finding("Lua", "version", EngineCheck.luaVersion),
    ] + EngineCheck.all().map { Finding("Lua", $0.name, $0.found, problem: $0.problem) }
  }

  /// Text and numbers are written in the C locale, whatever the environment requests.
  private static func machine() -> [Finding] {
    let locale = setlocale(LC_ALL, nil).map { String(cString: $0) } ?? "unknown"
    let isPlain = locale == "C" || locale == "POSIX"
    return [
      Finding(
        "machine", "locale", "C, whatever the environment says",
        problem: isPlain ? nil : "expected the locale C, found \(locale)")
    ]
  }

  private static func database() -> [Finding] {
    let facts = Stores.engine
    return [
      Finding("SQLite", "version", facts.version, problem: facts.refusal),
      Finding(
        "SQLite", "threads", "built for several threads",
        problem: facts.isThreadsafe ? nil : "built without SQLITE_THREADSAFE"),
    ]
  }

  /// The store and the files next to it contain phone numbers.
  private static func files(of path: String) -> Finding {
    let open = FilePrivacy.open(of: path)
    return Finding(
      "store", "files", "closed to other users of this machine",
      problem: open.isEmpty
        ? nil
        : "every user of this machine can read \(open.joined(separator: ", ")): "
          + "run `chmod o= FILE` as the owner; commands that write to the store do it for their own files")
  }

  /// An archive records no sends: nothing runs on it.
  private static func clock(of store: any Store, at now: Instant) throws -> Finding {
    let newest = try store.newestAhead(of: now)
    return Finding(
      "store", "clock", "no time on record is ahead of it",
      problem: newest.map { ClockHold.reason(newest: $0, now: now) })
  }

  private static func look(at address: String, now: Instant?) -> [Finding] {
    do {
      let store = try Stores.open(address, mode: .readOnly)
      let facts = try store.facts()
      return [
        files(of: store.path),
        Finding("store", "version", "\(facts.version)"),
        Finding("store", "identity", facts.identity ?? "none: an archive"),
        Finding(
          "store", "journal", "wal", problem: facts.journal == "wal" ? nil : "expected wal, found \(facts.journal)"),
        Finding("store", "foreign keys", "on", problem: facts.foreignKeys ? nil : "expected on, found off"),
        Finding(
          "store", "pages",
          facts.unreadBytes.map { "not read: \($0 / 1_048_576) MiB; `usher report integrity` reads them" }
            ?? "no damage found", problem: facts.damage),
      ] + (try now.map { [try clock(of: store, at: $0)] } ?? [])
    } catch {
      return [Finding("store", "opens", "", problem: usherError(error)?.message ?? "\(error)")]
    }
  }
}
