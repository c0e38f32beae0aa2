import Operations
import Policies
import PolicyTesting
import Terminal
import Wire

/// The results of searches for counterexamples: a row for each broken property, or its text with the smallest request.
package struct SearchReport: Representation {
  private var results: [PolicySearchResult] = []

  /// A report without files.
  package init() {}

  /// Adds the result for one file.
  package mutating func add(_ result: PolicySearchResult) { results.append(result) }

  /// Whether the search found no broken property.
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

  /// How much was tried for a file, and the result, in one line.
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
        found with seed \(result.seed) at request \(found.number), reduced in \(found.steps) steps; input for `usher decide`:
      \(JSONWriter().string(.object(found.request.json)))
        as a test case that expects the current answer:
          \(found.entry(depth: 2)),

      """
  }
}
