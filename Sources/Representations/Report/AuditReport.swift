import Operations
import Routing
import Terminal
import Wire

/// Rows of the audit, as `usher audit` prints them.
package struct AuditReport: Representation {
  private let lines: [AuditLine]

  /// The lines keep their order.
  package init(_ answer: AuditQuery.Answer) { lines = answer.lines }

  /// An array of objects; the counts of an import are an object in them.
  package var json: JSONValue { listing.json }
  /// The columns of the JSON.
  package var csv: String { listing.csv }

  /// Empty if there are no lines. The system user follows the name that was given.
  package func table(columns: Int?) -> StyledText {
    guard !lines.isEmpty else { return StyledText() }
    var listing = Listing(["at", "actor", "action", "tenant", "subject", "detail", "reason", "file", "digest"])
    for line in lines {
      let actor = line.systemUser.map { "\(line.actor) (as \($0))" } ?? line.actor
      listing.add([
        .string(line.at.rfc3339), .string(actor), .string(line.action), JSONValue(line.tenant), .string(line.subject),
        JSONValue(line.detail), JSONValue(line.reason), JSONValue(line.file), JSONValue(line.digest),
      ])
    }
    return listing.withoutEmptyColumns(keeping: 3).table(columns: columns)
  }

  private var listing: Listing {
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
}
