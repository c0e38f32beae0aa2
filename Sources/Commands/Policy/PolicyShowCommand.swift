import ArgumentParser
import Operations
import Representations
import Routing
import Wire

struct PolicyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "A revision: its text and parameters, who activated it, and what it decided.",
    discussion: """
      Named by the beginning of its digest, as `usher policy list` and `history` show it.

        usher policy show 6fca90b0
        usher policy show 6fca90b0 --source > fallback.lua
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Argument(help: ArgumentHelp("The beginning of its digest.", valueName: "revision")) var revision: String
  @Flag(help: "Its text alone.") var source = false

  func run() throws {
    let store = try store.openToRead()
    let found = try RevisionLookup.one(revision, in: store)
    if source { return Talk.put(found.source) }
    guard let report = try store.revision(found.digest) else {
      throw Problem(.revisionNotFound, "there is no revision \(revision) any more")
    }
    switch format.format {
    case .json: Talk.put(JSONWriter(style: .pretty).string(json(report)) + "\n")
    case .csv: Talk.put(uses(report).text(.csv))
    case .table: Talk.put(table(report))
    }
  }

  private func uses(_ report: RevisionReport) -> Listing {
    var listing = Listing([
      "tenant", "role", "generations", "at", "action", "by", "reason", "from", "decisions", "first_decision_at",
      "last_decision_at",
    ])
    for use in report.uses {
      let range = use.generations
      listing.add([
        .string(use.tenant.text), .string(use.role),
        .string(range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"),
        .string(use.change.at.rfc3339), .string(use.change.action.rawValue), .string(use.change.actor),
        JSONValue(use.change.reason), JSONValue(use.change.origin), JSONValue(use.decisions),
        JSONValue(use.firstDecisionAt?.rfc3339), JSONValue(use.lastDecisionAt?.rfc3339),
      ])
    }
    return listing
  }

  private func table(_ report: RevisionReport) -> String {
    let revision = report.revision
    let parameters = revision.parameters.map { "\($0.name) = \(ParameterText.text(of: $0.value))" }
    let text = revision.source.isEmpty ? "a file that could not be used" : revision.source
    return """
      revision    \(revision.digest)
      policy      \(revision.policy)
      parameters  \(parameters.isEmpty ? "none" : parameters.joined(separator: ", "))
      on record   \(report.createdAt.rfc3339)

      \(uses(report).withoutEmptyColumns(keeping: 6).text(.table))
      \(text)\(text.hasSuffix("\n") ? "" : "\n")
      """
  }

  private func json(_ report: RevisionReport) -> JSONValue {
    .object(
      JSONObject([
        ("revision", .string(report.revision.digest)), ("policy", .string(report.revision.policy)),
        ("params", ParameterText.json(of: report.revision.parameters)),
        ("created_at", .string(report.createdAt.rfc3339)),
        ("uses", uses(report).json), ("source", .string(report.revision.source)),
      ]))
  }
}
