/// How a chart writes its values.
package enum NumberStyle: Sendable {
  case count
  /// Of shares of 1.
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
