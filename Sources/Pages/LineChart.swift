/// Values over time: one line for each series. The value axis begins at 0.
package struct LineChart: Page.Block {
  /// One line of the chart.
  package struct Series: Sendable {
    /// The name in the legend.
    package let name: String
    /// One value for each point in time; nil leaves a gap.
    package let values: [Double?]

    /// All series of a chart must have the same number of values, at equal distances.
    package init(_ name: String, _ values: [Double?]) { (self.name, self.values) = (name, values) }
  }

  /// A label under the axis, at a fraction of its length.
  package struct Tick: Sendable {
    /// A fraction of the axis, 0 to 1; values outside are not drawn.
    package let at: Double
    /// Already formatted, and short: long labels would overlap.
    package let label: String

    /// `at` is a fraction of the axis.
    package init(at: Double, _ label: String) { (self.at, self.label) = (at, label) }
  }

  /// A marked period, such as an outage.
  package struct Band: Sendable {
    /// A fraction of the axis; may lie before the start of the chart.
    package let from: Double
    /// A fraction of the axis; may lie after the end of the chart.
    package let to: Double
    /// The name in the legend. Bands with the same label share one entry.
    package let label: String

    /// `from` must not be after `to`.
    package init(from: Double, to: Double, _ label: String) { (self.from, self.to, self.label) = (from, to, label) }
  }

  /// The heading, also read by screen readers.
  package let title: String
  /// The alternative text of the drawing.
  package let description: String
  /// At most six series: readers cannot tell more colours apart.
  package let series: [Series]
  /// In ascending order of `at`.
  package let ticks: [Tick]
  /// Drawn behind the lines; may overlap.
  package let bands: [Band]
  /// A horizontal line, such as a cap.
  package let cap: (name: String, value: Double)?
  /// The number format of the values on the axis.
  package let style: NumberStyle

  /// The number of colours that readers can tell apart.
  package static let seriesMax = 6
  private static let (plotTop, plotHeight) = (14, 220)
  /// The coordinate range inside the drawing, which is stretched to the plot area.
  private static let side = 1000.0

  /// Traps unless there are 1 to `seriesMax` series.
  package init(
    title: String, description: String, series: [Series], ticks: [Tick], bands: [Band] = [],
    cap: (name: String, value: Double)? = nil, style: NumberStyle = .count
  ) {
    precondition((1...LineChart.seriesMax).contains(series.count), "one to six series")
    (self.title, self.description, self.series) = (title, description, series)
    (self.ticks, self.bands, self.cap, self.style) = (ticks, bands, cap, style)
  }

  /// Draws gaps where values are missing or infinite.
  package func write(into markup: inout Markup) {
    let step = Drawing.step(to: most)
    let top = max(step, (most / step).rounded(.up) * step)
    markup.element("figure", ["class": "lines"]) { markup in
      markup.element("figcaption", text: title)
      let key =
        series.indices.map { (series[$0].name, "line s\($0)") } + (cap.map { [($0.name, "line cap")] } ?? [])
        + (bandNames.isEmpty ? [] : [(bandNames, "line band")])
      if key.count > 1 { Drawing.key(key, into: &markup) }
      Drawing.frame(
        title, description: description, height: LineChart.plotTop + LineChart.plotHeight + 24, into: &markup
      ) { markup in
        draw(bands, into: &markup)
        axes(step: step, top: top, into: &markup)
        markup.element(
          "svg",
          [
            "x": "0", "y": String(LineChart.plotTop), "width": "100%", "height": String(LineChart.plotHeight),
            "viewBox": "0 0 1000 1000", "preserveAspectRatio": "none", "overflow": "visible",
          ]
        ) { markup in
          for (place, series) in series.enumerated() {
            markup.empty("path", ["class": "line s\(place)", "d": path(series.values, top: top)])
          }
          if let cap {
            let y = Drawing.px(LineChart.side * (1 - cap.value / top))
            markup.empty("path", ["class": "line cap", "d": "M0 \(y)H1000"])
          }
        }
      }
    }
  }

  /// The labels of the shaded periods. They are in the legend, because labels in the drawing would overlap.
  private var bandNames: String {
    var names: [String] = []
    for band in bands where band.from <= 1 && band.to >= 0 && !names.contains(band.label) { names.append(band.label) }
    return names.map { Drawing.fitted($0, 24) }.joined(separator: ", ")
  }

  private var most: Double {
    let values = series.flatMap { $0.values.compactMap { $0 } } + [cap?.value ?? 0]
    return values.filter(\.isFinite).max() ?? 0
  }

  private func path(_ values: [Double?], top: Double) -> String {
    let width = LineChart.side / Double(max(values.count - 1, 1))
    var (path, isDown) = ("", false)
    for (place, value) in values.enumerated() {
      guard let value, value.isFinite else {
        isDown = false
        continue
      }
      let y = LineChart.side * (1 - max(0, value) / top)
      path += "\(isDown ? "L" : "M")\(Drawing.px(Double(place) * width)) \(Drawing.px(y))"
      // A point between two gaps is drawn as a dot.
      if !isDown, place + 1 == values.count || values[place + 1] == nil { path += "h0.01" }
      isDown = true
    }
    return path
  }

  private func axes(step: Double, top: Double, into markup: inout Markup) {
    var value = 0.0
    while value <= top * 1.0001 {
      let y = Drawing.px(Double(LineChart.plotTop) + Double(LineChart.plotHeight) * (1 - value / top))
      markup.empty("line", ["class": value == 0 ? "base" : "grid", "x1": "0", "x2": "100%", "y1": y, "y2": y])
      if value > 0 {
        markup.element(
          "text", ["class": "axis", "x": "-8", "y": y, "dy": "4", "text-anchor": "end"], text: style.text(value))
      }
      value += step
    }
    let below = LineChart.plotTop + LineChart.plotHeight
    for tick in ticks where (0...1).contains(tick.at) {
      let x = Drawing.percent(tick.at)
      markup.empty("line", ["class": "base", "x1": x, "x2": x, "y1": String(below), "y2": String(below + 4)])
      let anchor = tick.at > 0.98 ? "end" : "middle"
      markup.element(
        "text", ["class": "axis", "x": x, "y": String(below + 18), "text-anchor": anchor], text: tick.label)
    }
  }

  private func draw(_ bands: [Band], into markup: inout Markup) {
    for band in bands {
      let (from, to) = (max(0, band.from), min(1, band.to))
      guard from <= to else { continue }
      markup.element("g") { markup in
        markup.element("title", text: band.label)
        markup.empty(
          "rect",
          [
            "class": "band", "x": Drawing.percent(from), "width": Drawing.percent(max(to - from, 0.002)),
            "y": String(LineChart.plotTop), "height": String(LineChart.plotHeight),
          ])
      }
    }
  }
}
