import Wire

/// The parts that charts share: a frame with a name and a description, labels that fit, a legend.
enum Drawing {
  /// The frame of a chart. Heights are CSS pixels; with `width` nil the chart is as wide as the page, else it scrolls
  /// on its own.
  static func frame(
    _ title: String, description: String, width: Int? = nil, height: Int, into markup: inout Markup,
    _ body: (inout Markup) -> Void
  ) {
    markup.element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "role": "img", "width": width.map(String.init) ?? "100%",
        "height": String(height),
      ]
    ) { markup in
      markup.element("title", text: title)
      markup.element("desc", text: description)
      body(&markup)
    }
  }

  /// The legend: what each colour means.
  static func key(_ entries: [(name: String, class: String)], into markup: inout Markup) {
    markup.element("ul", ["class": "key"]) { markup in
      for entry in entries {
        markup.element("li") { markup in
          markup.element("svg", ["width": "22", "height": "10", "aria-hidden": "true"]) {
            $0.empty("path", ["class": entry.class, "d": "M0 5H22"])
          }
          markup.text(entry.name)
        }
      }
    }
  }

  /// A position or a length in a drawing.
  static func px(_ value: Double) -> String { Number.trimmed0(value) }

  /// A fraction of the drawing's width, as a percentage.
  static func percent(_ share: Double) -> String { Number.trimmed0(share * 100) + "%" }

  /// A label of at most `most` characters. The middle is left out, because names differ at their ends.
  static func fitted(_ label: String, _ most: Int) -> String {
    // Escaped first, because escapes take space.
    let label = terminalSafe(label)
    guard label.count > most else { return label }
    let tail = (most - 1) / 2
    return label.prefix(most - 1 - tail) + "…" + label.suffix(tail)
  }

  /// The distance of round marks on an axis from 0 to `most`: about four marks, at multiples of 1, 2 or 5.
  static func step(to most: Double) -> Double {
    guard most > 0, most.isFinite else { return 1 }
    var unit = 1.0
    while unit * 20 < most { unit *= 10 }
    while unit * 2 > most { unit /= 10 }
    for factor in [0.5, 1, 2, 2.5, 5, 10] where unit * factor * 4.5 >= most { return unit * factor }
    return unit * 10
  }
}

extension Number {
  /// At most two digits after the point, without digit grouping.
  fileprivate static func trimmed0(_ value: Double) -> String {
    var text = decimal(value, places: 2)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
