import Bench
import Terminal
import Wire

/// What `usher bench` measured: a row for each figure, with the target where there is one.
package struct BenchReport: ListedRepresentation {
  /// In the order in which they were measured.
  package let listing: Listing

  /// Figures are rounded to the digits that are significant.
  package init(_ figures: BenchFigures) {
    var listing = Listing([
      "measure", "policy", "condition", "devices", "batch", "baseline", "usher", "unit", "ratio", "target", "met",
    ])
    for figure in figures.all {
      listing.add([
        .string(figure.measure), JSONValue(figure.policy), .string(figure.condition), JSONValue(figure.devices),
        JSONValue(figure.batch), Self.rounded(figure.baseline), Self.rounded(figure.usher), .string(figure.unit),
        Self.rounded(figure.ratio), JSONValue(figure.target.map(Self.text)), figure.isMet.map { .bool($0) } ?? .null,
      ])
    }
    self.listing = listing
  }

  private static func text(_ target: BenchFigure.Target) -> String {
    switch target {
    case .atMost(let most): "at most \(most)"
    case .atLeast(let least): "at least \(least)"
    }
  }

  private static func rounded(_ value: Double?) -> JSONValue {
    guard let value else { return .null }
    if value >= 1000 { return .integer(Int64(value.rounded())) }
    let scale = value >= 100 ? 10.0 : 100.0
    return .number((value * scale).rounded() / scale)
  }
}
