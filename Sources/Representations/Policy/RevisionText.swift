import Policies
import Routing
import Terminal
import Wire

/// A recorded revision: its source and parameters, who activated it, and its decisions.
package struct RevisionText: Representation {
  private let report: RevisionReport

  /// Takes the report as it is.
  package init(_ report: RevisionReport) { self.report = report }

  /// The ranges that the source declares; none for a source that cannot be used.
  private var ranges: ParameterRanges {
    let kind: PolicyKind = report.revision.policy.hasPrefix(PolicyCatalog.guardFolder) ? .guard : .policy
    return (try? CompiledPolicy(report.revision, kind: kind))?.ranges ?? ParameterRanges()
  }

  /// The revision with its `params`, their `ranges`, its `uses` and its `source`.
  package var json: JSONValue {
    .object(
      JSONObject([
        ("revision", .string(report.revision.digest)), ("policy", .string(report.revision.policy)),
        ("params", ParameterText.json(of: report.revision.parameters)),
        ("ranges", ParameterText.json(of: ranges)),
        ("created_at", .string(report.createdAt.rfc3339)), ("uses", uses.json),
        ("source", .string(report.revision.source)),
      ]))
  }

  /// A row for each use; without text and parameters.
  package var csv: String { uses.csv }

  /// Facts with the whole digest, the uses, and the source of the policy.
  package func table(columns: Int?) -> StyledText {
    let revision = report.revision
    let parameters = revision.parameters.map { ParameterText.text(of: $0) }
    let text = revision.source.isEmpty ? "a file that could not be used" : revision.source
    let rangeText = ParameterText.text(of: ranges)
    let facts = StyledText(
      """
      revision    \(revision.digest)
      policy      \(revision.policy)
      parameters  \(parameters.isEmpty ? "none" : parameters.joined(separator: ", "))
      ranges      \(rangeText.isEmpty ? "none" : rangeText)
      on record   \(report.createdAt.rfc3339)

      """)
    return facts.wrapped(to: columns) + "\n" + uses.withoutEmptyColumns(keeping: 6).table(columns: columns)
      + StyledText("\n\(text)\(text.hasSuffix("\n") ? "" : "\n")")
  }

  private var uses: Listing {
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
}
