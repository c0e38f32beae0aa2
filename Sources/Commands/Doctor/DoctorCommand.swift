import ArgumentParser
import Files
import Foundation
import Operations
import Policies
import Representations
import Routing
import Stores
import Wire

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Try this machine's libraries out: what works, what is contained, what is not.",
    discussion: """
      Makes interpreters and tries each limit, holds what scripts can reach against the agreed list, and names the known
      defects of the linked libraries with what keeps them away. With --store it looks at that store as well; its promises
      are `usher report integrity`. Exits 1 when something is wrong.

        usher doctor
        usher doctor --store usher.db --format json
      """)

  @Option(help: ArgumentHelp("Look at this store as well.", valueName: "path")) var store: String?
  @OptionGroup var format: FormatOptions

  func run() throws {
    var lines = engine() + machine() + sqlite()
    if let store { lines += look(at: store) }
    lines += KnownDefect.all(Stores.engine).map { Line($0.part, $0.name, $0.state.rawValue, $0.why) }
    var listing = Listing(["part", "check", "state", "found"])
    for line in lines { listing.add([line.part, line.check, line.state, line.found].map { .string($0) }) }
    Talk.put(listing, format.format)
    let wrong = lines.count { $0.state == Line.wrong }
    if wrong > 0 { throw Problem(.invalidInput, "\(wrong) of \(lines.count) checks found something wrong") }
  }

  private struct Line {
    static let (ok, wrong) = ("ok", "wrong")
    let part, check, state, found: String

    init(_ part: String, _ check: String, _ state: String, _ found: String) {
      (self.part, self.check, self.state, self.found) = (part, check, state, found)
    }

    /// Wrong when there is a problem.
    init(_ part: String, _ check: String, _ found: String, problem: String?) {
      self.init(part, check, problem == nil ? Line.ok : Line.wrong, problem ?? found)
    }
  }

  private func engine() -> [Line] {
    [
      Line("Usher", "version", Line.ok, "\(UsherProgram.version), engine \(CompiledPolicy.engineVersion)"),
      Line("Lua", "version", Line.ok, EngineCheck.luaVersion),
    ] + EngineCheck.all().map { Line("Lua", $0.name, $0.found, problem: $0.problem) }
  }

  /// Text and numbers are written in the C locale, whatever the environment asks for.
  private func machine() -> [Line] {
    let locale = setlocale(LC_ALL, nil).map { String(cString: $0) } ?? "unknown"
    let isPlain = locale == "C" || locale == "POSIX"
    return [
      Line(
        "machine", "locale", "C, whatever the environment says",
        problem: isPlain ? nil : "expected the locale C, found \(locale)")
    ]
  }

  private func sqlite() -> [Line] {
    let facts = Stores.engine
    return [
      Line("SQLite", "version", facts.version, problem: facts.refusal),
      Line(
        "SQLite", "threads", "built for several threads",
        problem: facts.isThreadsafe ? nil : "built without SQLITE_THREADSAFE"),
    ]
  }

  /// The store and what lies beside it hold phone numbers.
  private func files(of path: String) -> Line {
    let open = FilePrivacy.open(of: path)
    return Line(
      "store", "files", "closed to other users of this machine",
      problem: open.isEmpty
        ? nil
        : "every user of this machine can read \(open.joined(separator: ", ")): "
          + "run `chmod o= FILE` as the owner; commands that write to the store do it for their own files")
  }

  private func look(at address: String) -> [Line] {
    do {
      let store = try Stores.open(address, mode: .readOnly)
      let facts = try store.facts()
      return [
        files(of: store.path),
        Line("store", "version", Line.ok, "\(facts.version)"),
        Line("store", "identity", Line.ok, facts.identity ?? "none: an archive"),
        Line("store", "journal", "wal", problem: facts.journal == "wal" ? nil : "expected wal, found \(facts.journal)"),
        Line(
          "store", "foreign keys", "on", problem: facts.foreignKeys ? nil : "expected on, found off"),
        Line("store", "pages", "no damage found", problem: facts.damage),
      ]
    } catch {
      return [Line("store", "opens", "", problem: usherError(error)?.message ?? "\(error)")]
    }
  }
}
