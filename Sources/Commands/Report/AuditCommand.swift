import ArgumentParser
import Representations
import Routing
import Wire

struct AuditCommand: ParsableCommand {
  /// The window without --since.
  private static let usualDays: Int64 = 7
  /// The most lines that --limit takes.
  private static let limitMax = 100_000

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
    guard (1...AuditCommand.limitMax).contains(limit) else {
      throw ValidationError("--limit: expected 1 to \(AuditCommand.limitMax) lines, found \(limit)")
    }
  }

  func run() throws {
    let now = SystemClock().now()
    let end = until?.instant(before: now)
    let begin = since?.instant(before: now) ?? (end ?? now).advanced(bySeconds: -AuditCommand.usualDays * 86_400)
    if let end, begin > end {
      throw ValidationError("--since: expected a time before --until, found \(begin.rfc3339) after \(end.rfc3339)")
    }
    let store = try store.openToRead()
    let (lines, hasMore) = try store.audit(
      AuditFilter(
        since: begin, until: end, subject: subject.map(AuditSubject.init), actor: actor,
        tenant: tenant.map(TenantID.init(stored:)), limit: limit))
    let window = "since \(begin.rfc3339)" + (end.map { " until \($0.rfc3339)" } ?? "")
    if format.format == .table {
      let usual = since == nil ? " (the last \(AuditCommand.usualDays) days; --since for more)" : ""
      Talk.say("changes \(window)\(usual), newest first")
    }
    if hasMore { Talk.say("only the newest \(limit) are listed: --limit or --until for the others") }
    if lines.isEmpty {
      Talk.say("no change found\(try hint(store))")
      if format.format == .table { return }
    }
    Talk.put(format.format == .table ? AuditCommand.table(lines) : AuditCommand.listing(lines), format.format)
  }

  private static func listing(_ lines: [AuditLine]) -> Listing {
    var listing = Listing([
      "at", "actor", "system_user", "action", "tenant", "subject", "detail", "reason", "file", "digest", "counts",
    ])
    for line in lines {
      listing.add([
        .string(line.at.rfc3339), .string(line.actor), JSONValue(line.systemUser), .string(line.action),
        JSONValue(line.tenant), .string(line.subject), JSONValue(line.detail), JSONValue(line.reason),
        JSONValue(line.file), JSONValue(line.digest), line.counts.flatMap { try? JSONParser.parse($0.utf8) } ?? .null,
      ])
    }
    return listing
  }

  private static let digestDigits = 12

  /// For people: the system user behind the name that was given, and enough of a digest to tell it from others.
  private static func table(_ lines: [AuditLine]) -> Listing {
    var listing = Listing(["at", "actor", "action", "tenant", "subject", "detail", "reason", "file", "digest"])
    for line in lines {
      let actor = line.systemUser.map { "\(line.actor) (as \($0))" } ?? line.actor
      listing.add([
        .string(line.at.rfc3339), .string(actor), .string(line.action), JSONValue(line.tenant), .string(line.subject),
        JSONValue(line.detail), JSONValue(line.reason), JSONValue(line.file),
        JSONValue(line.digest.map { String($0.prefix(digestDigits)) }),
      ])
    }
    return listing.withoutEmptyColumns(keeping: 3)
  }

  /// The most characters of an id by whose beginnings near ones are looked for.
  private static let prefixMax = 64

  /// Whether the device, contact or tenant that was asked for exists, and which id comes nearest.
  private func hint(_ store: any Store) throws -> String {
    guard let subject = subject.map(AuditSubject.init), let kind = subject.kind else { return "" }
    let kinds: [String: IDKind] = ["device": .device, "contact": .contact, "tenant": .tenant]
    guard let what = kinds[kind], try !store.has(what, subject.id, of: tenant) else { return "" }
    let nearest = try nearest(to: subject.id, what, store).map { "; the nearest is '\($0)'" } ?? ""
    return "; there is no \(kind) '\(subject.id)'\(nearest)"
  }

  /// Among those with the longest beginning in common, which an index finds.
  private func nearest(to id: String, _ what: IDKind, _ store: any Store) throws -> String? {
    for length in stride(from: min(id.count, Self.prefixMax), through: 1, by: -1) {
      let ids = try store.ids(what, of: tenant, startingWith: String(id.prefix(length)), limit: 1000)
      if let nearest = EditDistance.nearest(to: id, among: ids) { return nearest }
    }
    return nil
  }
}
