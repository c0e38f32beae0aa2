/// Bars side by side for each of several items, such as before and after, with a mark at each cap.
package struct BarChart: Page.Block {
  /// The bars of one item, side by side.
  package struct Group: Sendable {
    /// Drawn above the bars; shortened when it is long.
    package let label: String
    /// One for each series.
    package let values: [Double]
    /// The position of the mark, on the scale of the values; nil for no mark.
    package let cap: Double?

    /// `values` must have one entry for each series of the chart.
    package init(_ label: String, values: [Double], cap: Double? = nil) {
      (self.label, self.values, self.cap) = (label, values, cap)
    }
  }

  /// The heading, also read by screen readers.
  package let title: String
  /// The alternative text of the drawing.
  package let description: String
  /// One or two names: the first is the state before, the last the state after.
  package let series: [String]
  /// Drawn in this order, in two columns from seven groups on.
  package let groups: [Group]
  /// The name of the marks in the legend.
  package let capName: String
  /// The number format of the values next to the bars.
  package let style: NumberStyle

  private static let rowHeight = 46
  /// From this number on the groups are drawn in two columns if there is space.
  private static let columnFrom = 7

  /// Draws all of `groups`: the caller selects and orders them.
  package init(
    title: String, description: String, series: [String], groups: [Group], capName: String = "cap",
    style: NumberStyle = .count
  ) {
    precondition((1...2).contains(series.count) && groups.allSatisfy { $0.values.count == series.count })
    (self.title, self.description, self.series) = (title, description, series)
    (self.groups, self.capName, self.style) = (groups, capName, style)
  }

  /// Writes nothing without groups.
  package func write(into markup: inout Markup) {
    guard !groups.isEmpty else { return }
    let hasCaps = groups.contains { $0.cap != nil }
    markup.element("figure", ["class": "bars"]) { markup in
      Drawing.key(
        zip(series, classes).map { ($0, "line \($1)") } + (hasCaps ? [(capName, "line cap")] : []), into: &markup)
      markup.element("div", ["class": "columns"]) { markup in
        for part in parts {
          Drawing.frame(
            title, description: description, height: part.count * BarChart.rowHeight, into: &markup
          ) { markup in
            for (row, group) in part.enumerated() { draw(group, at: row * BarChart.rowHeight, into: &markup) }
          }
        }
      }
    }
  }

  private var classes: [String] { series.count == 1 ? ["after"] : ["before", "after"] }

  private var parts: [ArraySlice<Group>] {
    guard groups.count >= BarChart.columnFrom else { return [groups[...]] }
    let half = (groups.count + 1) / 2
    return [groups[..<half], groups[half...]]
  }

  private var most: Double {
    let all = groups.flatMap { $0.values + [$0.cap ?? 0] }.filter(\.isFinite)
    return max(all.max() ?? 0, 1e-9) * 1.02
  }

  private func draw(_ group: Group, at top: Int, into markup: inout Markup) {
    let values = group.values.map(style.text)
    markup.element("g") { markup in
      markup.element("title", text: "\(group.label): \(values.joined(separator: " → "))")
      markup.element("text", ["class": "name", "x": "0", "y": String(top + 14)], text: Drawing.fitted(group.label, 27))
      markup.element(
        "text", ["class": "value", "x": "100%", "y": String(top + 14), "text-anchor": "end"],
        text: values.joined(separator: " → "))
      let height = series.count == 1 ? 12 : 7
      for (place, value) in group.values.enumerated() {
        let y = top + 20 + place * (height + 1)
        markup.empty(
          "rect",
          ["class": "track", "x": "0", "y": String(y), "width": "100%", "height": String(height)])
        markup.empty(
          "rect",
          [
            "class": classes[place], "x": "0", "y": String(y), "height": String(height),
            "width": Drawing.percent(max(0, value.isFinite ? value : 0) / most),
          ])
      }
      if let cap = group.cap {
        let x = Drawing.percent(cap / most)
        markup.empty(
          "line", ["class": "cap", "x1": x, "x2": x, "y1": String(top + 18), "y2": String(top + 37)])
      }
    }
  }
}
