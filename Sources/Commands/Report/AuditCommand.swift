import ArgumentParser
import Operations
import Representations
import Routing

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Who changed what, when and why.",
    discussion: """
      Lists, newest first, what people did with commands and imports, what happened to devices, and what changed policies.
      The actor of what the program did by itself is usher. Without --since it lists the last 7 days. It reads only, beside
      a running serve.

        usher audit
        # who changed this device
        usher audit --subject 'device D1' --since 90d
        # what one person did to a tenant
        usher audit --actor ann --tenant acme --since 30d
        # for a program
        usher audit --since 24h --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(
    help: ArgumentHelp("From this time on: 24h, 7d, or a time such as 2026-11-22T09:00:00Z.", valueName: "time"))
  var since: PastArgument?
  @Option(help: ArgumentHelp("Up to this time, given in the same way; without it up to now.", valueName: "time"))
  var until: PastArgument?
  @Option(
    help: ArgumentHelp(
      "What was changed: 'device D1', or D1 for any kind. The kinds are \(AuditSubject.kinds.joined(separator: ", ")) and store.",
      valueName: "subject"))
  var subject: String?
  @Option(help: ArgumentHelp("Who: a name given with --as, a system user, or who called sudo.", valueName: "who"))
  var actor: String?
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?
  @Option(help: ArgumentHelp("The most lines, of the newest.", valueName: "lines")) var limit = 200

  func validate() throws {
    guard (1...AuditQuery.limitMax).contains(limit) else {
      throw ValidationError("--limit: expected 1 to \(AuditQuery.limitMax) lines, found \(limit)")
    }
  }

  func run() throws {
    let now = SystemClock().now()
    let end = until?.instant(before: now)
    let begin = since?.instant(before: now) ?? AuditQuery.usualBegin(until: end, now: now)
    if let end, begin > end {
      throw ValidationError("--since: expected a time before --until, found \(begin.rfc3339) after \(end.rfc3339)")
    }
    let query = AuditQuery(
      AuditFilter(
        since: begin, until: end, subject: subject.map(AuditSubject.init), actor: actor,
        tenant: tenant.map(TenantID.init(stored:)), limit: limit))
    let answer = try query.run(try store.openToRead())
    say(answer, begin, end)
    TerminalOutput.write(AuditReport(answer), format.format)
  }

  /// The window, and what the lines leave open.
  private func say(_ answer: AuditQuery.Answer, _ begin: Instant, _ end: Instant?) {
    if format.format == .table {
      let window = "since \(begin.rfc3339)" + (end.map { " until \($0.rfc3339)" } ?? "")
      let usual = since == nil ? " (the last \(AuditQuery.usualDays) days; --since for more)" : ""
      TerminalOutput.note("changes \(window)\(usual), newest first")
    }
    if answer.hasMore { TerminalOutput.note("only the newest \(limit) are listed: --limit or --until for the others") }
    guard answer.lines.isEmpty else { return }
    let missing = answer.missing.map { missing in
      "; there is no \(missing.kind) '\(missing.id)'" + (missing.nearest.map { "; the nearest is '\($0)'" } ?? "")
    }
    TerminalOutput.note("no change found\(missing ?? "")")
  }
}
