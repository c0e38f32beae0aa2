/// Formats numbers for people, the same on every machine.
package enum Number {
  /// `1,234,567`
  package static func grouped(_ count: Int) -> String {
    let digits = Array(String(count.magnitude))
    var result = count < 0 ? "−" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { result += "," }
      result.append(digit)
    }
    return result
  }

  /// A fraction of 1 as `12.5 %`, with a tenth if it is not zero.
  package static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    return trimmed(share * 100, places: 1) + " %"
  }

  /// With the given number of digits after the point; also for coordinates in a drawing.
  package static func decimal(_ value: Double, places: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "0" }
    let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
    let whole = Int((value * Double(scale)).rounded())
    let fraction = String(whole.magnitude % UInt(scale))
    let padding = String(repeating: "0", count: max(0, places - fraction.count))
    let sign = whole < 0 ? "-" : ""
    return sign + String(whole.magnitude / UInt(scale)) + (places == 0 ? "" : "." + padding + fraction)
  }

  /// Like `decimal`, without trailing zeros and with digit grouping.
  package static func trimmed(_ value: Double, places: Int) -> String {
    var text = decimal(value, places: places)
    if places > 0 {
      while text.last == "0" { text.removeLast() }
      if text.last == "." { text.removeLast() }
    }
    let parts = text.split(separator: ".", maxSplits: 1)
    guard let whole = parts.first.flatMap({ Int($0) }), abs(whole) >= 1000 else { return text }
    return grouped(whole) + (parts.count > 1 ? "." + parts[1] : "")
  }
}
