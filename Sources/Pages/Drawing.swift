import Wire

/// What charts have in common: a frame with a name and a description, labels that fit, a key to the colours.
enum Drawing {
  /// A chart's frame. Heights are CSS pixels; `width` nil draws as wide as the page, else in its own scroller.
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

  /// What each colour stands for.
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

  /// A place or a length in a drawing.
  static func px(_ value: Double) -> String { Number.trimmed0(value) }

  /// A share of the drawing's width.
  static func percent(_ share: Double) -> String { Number.trimmed0(share * 100) + "%" }

  /// A label of at most so many characters, its middle left out: names differ at their ends.
  static func fitted(_ label: String, _ most: Int) -> String {
    // Escapes first: they take room.
    let label = terminalSafe(label)
    guard label.count > most else { return label }
    let tail = (most - 1) / 2
    return label.prefix(most - 1 - tail) + "…" + label.suffix(tail)
  }

  /// The distance of round marks on an axis from 0 to `most`: about four, from 1, 2 and 5.
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
  /// Two digits after the point at most, without groups.
  fileprivate static func trimmed0(_ value: Double) -> String {
    var text = decimal(value, places: 2)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
