import ArgumentParser
import Operations
import Representations
import Routing

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Show who changed what, when and why.",
    discussion: """
      Lists, newest first, the changes made by commands and imports, and all changes to devices and policies. The actor
      of automatic changes is usher. The default window is the last 7 days. The command only reads, and can run
      alongside serve.

        usher audit
        # who changed this device
        usher audit --subject 'device D1' --since 90d
        # one person's changes to a tenant
        usher audit --actor ann --tenant acme --since 30d
        # for a program
        usher audit --since 24h --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(
    help: ArgumentHelp("Start of the window: 24h, 7d, or a time such as 2026-11-22T09:00:00Z.", valueName: "since"))
  var since: PastArgument?
  @Option(help: ArgumentHelp("End of the window, given in the same way; default: now.", valueName: "until"))
  var until: PastArgument?
  @Option(
    help: ArgumentHelp(
      "The changed row: 'device D1', or D1 for any kind. The kinds are \(AuditSubject.kinds.joined(separator: ", ")) and store.",
      valueName: "subject"))
  var subject: String?
  @Option(
    help: ArgumentHelp("The actor: a name given with --as, a system user, or the caller of sudo.", valueName: "who"))
  var actor: String?
  @Option(help: "Only this tenant.", completion: .tenants) var tenant: String?
  @Option(help: ArgumentHelp("The maximum number of lines.", valueName: "lines")) var limit = 200

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

  /// Prints the window, whether more lines match, and what was not found.
  private func say(_ answer: AuditQuery.Answer, _ begin: Instant, _ end: Instant?) {
    if format.format == .table {
      let window = "since \(begin.rfc3339)" + (end.map { " until \($0.rfc3339)" } ?? "")
      let usual = since == nil ? " (the last \(AuditQuery.usualDays) days; --since for more)" : ""
      TerminalOutput.note("changes \(window)\(usual), newest first")
    }
    if answer.hasMore { TerminalOutput.note("showing the newest \(limit); use --limit or --until for the others") }
    guard answer.lines.isEmpty else { return }
    let missing = answer.missing.map { missing in
      "; there is no \(missing.kind) '\(missing.id)'" + (missing.nearest.map { "; the nearest is '\($0)'" } ?? "")
    }
    TerminalOutput.note("no changes found\(missing ?? "")")
  }
}
