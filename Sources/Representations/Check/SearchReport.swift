import Operations
import Policies
import PolicyTesting
import Terminal
import Wire

/// What searches for counterexamples came to: a row for each broken property, or its text with the smallest request.
package struct SearchReport: Representation {
  private var results: [PolicySearchResult] = []

  /// Of no files yet.
  package init() {}

  /// Adds what was found for one file.
  package mutating func add(_ result: PolicySearchResult) { results.append(result) }

  /// Whether every property holds, as far as it was searched.
  package var holds: Bool { results.allSatisfy { $0.report.found.isEmpty } }

  /// An object for each broken property, in the order in which files were added.
  package var json: JSONValue { listing.json }
  /// A row for each broken property, in the order in which files were added.
  package var csv: String { listing.csv }
  /// The text of each counterexample of all files. The width has no effect: requests are not wrapped.
  package func table(columns: Int?) -> StyledText { StyledText(results.flatMap(Self.texts).joined()) }

  /// The text of each counterexample of a file: the property, what was found, the request, and the case that states it.
  package static func texts(of result: PolicySearchResult) -> [String] {
    result.report.found.map { text($0, result) }
  }

  /// How much was tried of a file, and what came of it, in one line.
  package static func summary(of result: PolicySearchResult) -> String {
    let report = result.report
    let names = report.properties.map(\.name).joined(separator: ", ")
    let outcome = report.found.isEmpty ? "all hold" : "\(report.found.count) of \(report.properties.count) broken"
    return "\(result.file): \(report.requests) requests, \(report.decisions) decisions, seed \(result.seed): "
      + "\(outcome) (\(names))"
  }

  private var listing: Listing {
    var listing = Listing(["file", "property", "message", "seed", "request_number", "request", "case"])
    for result in results {
      for found in result.report.found {
        listing.add([
          .string(result.file), .string(found.property.name), .string(found.message), .integer(Int64(result.seed)),
          JSONValue(found.number), .object(found.request.json), .string(found.entry(depth: 0)),
        ])
      }
    }
    return listing
  }

  private static func text(_ found: PolicySearch.Counterexample, _ result: PolicySearchResult) -> String {
    let title = terminalSafe(found.property.title)
    let name = found.property.title == found.property.name ? "" : " (\(found.property.name))"
    return """
      \(result.file): broken: \(title)\(name)
        \(terminalSafe(found.message))
        found with seed \(result.seed) at request \(found.number), made small in \(found.steps) steps; for `usher decide`:
      \(JSONWriter().string(.object(found.request.json)))
        as a case, expecting what it answers now:
          \(found.entry(depth: 2)),

      """
  }
}
