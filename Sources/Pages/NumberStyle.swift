/// The number format of a chart's values.
package enum NumberStyle: Sendable {
  case count
  /// For fractions of 1.
  case percent
  case decimal(places: Int)

  func text(_ value: Double) -> String {
    switch self {
    case .count: Number.trimmed(value, places: 1)
    case .percent: Number.percent(value)
    case .decimal(let places): Number.trimmed(value, places: places)
    }
  }
}
