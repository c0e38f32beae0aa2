/// How many items moved from each place to each other place: cells shaded by their count.
///
/// The places with the highest counts are drawn and the others summed in a last row and column, so that thousands of
/// places stay readable and the cells still add up to the total.
package struct FlowMatrix: Page.Block {
  /// The number of items that moved from one place to another.
  package struct Flow: Sendable {
    /// A row of the matrix.
    package let from: String
    /// A column of the matrix.
    package let to: String
    /// The number of items; flows between the same two places add up.
    package let count: Int

    /// `from` and `to` may be equal, for items that stayed.
    package init(from: String, to: String, count: Int) { (self.from, self.to, self.count) = (from, to, count) }
  }

  /// The heading, also read by screen readers.
  package let title: String
  /// The alternative text of the drawing.
  package let description: String
  /// The heading of the rows, next to the down arrow.
  package let fromName: String
  /// The heading of the columns, next to the right arrow.
  package let toName: String
  /// In any order: places are sorted by their counts.
  package let flows: [Flow]
  /// The maximum number of places on either side, without the summed row or column.
  package let most: Int

  private static let cell = 54
  private static let cellHeight = 32
  private static let left = 148
  private static let top = 104

  /// Draws 14 places on either side by default.
  package init(
    title: String, description: String, fromName: String = "from", toName: String = "to", flows: [Flow],
    most: Int = 14
  ) {
    (self.title, self.description, self.fromName, self.toName) = (title, description, fromName, toName)
    (self.flows, self.most) = (flows, most)
  }

  /// Writes nothing without flows.
  package func write(into markup: inout Markup) {
    guard !flows.isEmpty else { return }
    let (rows, columns) = (Axis(flows, most: most) { $0.from }, Axis(flows, most: most) { $0.to })
    var counts = [[Int]](repeating: [Int](repeating: 0, count: columns.count), count: rows.count)
    for flow in flows { counts[rows.place(of: flow.from)][columns.place(of: flow.to)] += flow.count }
    let width = FlowMatrix.left + (columns.count + 1) * FlowMatrix.cell + 48
    let height = FlowMatrix.top + (rows.count + 1) * FlowMatrix.cellHeight + 4
    markup.element("figure", ["class": "scroll", "tabindex": "0"]) { markup in
      Drawing.frame(title, description: description, width: width, height: height, into: &markup) { markup in
        draw(columns, rows, into: &markup)
        let largest = counts.joined().max() ?? 1
        for (row, line) in counts.enumerated() {
          for (column, count) in line.enumerated() {
            cell(
              count, of: largest, at: (row, column), from: rows.names[row], to: columns.names[column], into: &markup)
          }
          total(line.reduce(0, +), at: (row, columns.count), into: &markup)
        }
        for column in 0..<columns.count {
          total(counts.reduce(0) { $0 + $1[column] }, at: (rows.count, column), into: &markup)
        }
        total(counts.joined().reduce(0, +), at: (rows.count, columns.count), into: &markup)
      }
    }
  }

  private func draw(_ columns: Axis, _ rows: Axis, into markup: inout Markup) {
    let (left, top) = (FlowMatrix.left, FlowMatrix.top)
    markup.element(
      "text", ["class": "axis", "x": String(left - 14), "y": String(top - 10), "text-anchor": "end"],
      text: "\(fromName) ↓  \(toName) →")
    for (place, name) in (columns.names + ["all"]).enumerated() {
      let x = left + place * FlowMatrix.cell + FlowMatrix.cell / 2 - 4
      let isTotal = place == columns.count
      markup.element(
        "text",
        [
          "class": isTotal ? "axis" : "name", "transform": "translate(\(x) \(top - 10)) rotate(-40)",
        ]
      ) { markup in
        markup.element("title", text: name)
        markup.text(Drawing.fitted(name, 15))
      }
    }
    for (place, name) in (rows.names + ["all"]).enumerated() {
      let y = top + place * FlowMatrix.cellHeight + 21
      markup.element(
        "text",
        [
          "class": place == rows.count ? "axis" : "name", "x": String(left - 14), "y": String(y), "text-anchor": "end",
        ]
      ) { markup in
        markup.element("title", text: name)
        markup.text(Drawing.fitted(name, 16))
      }
    }
  }

  private func cell(
    _ count: Int, of largest: Int, at place: (row: Int, column: Int), from: String, to: String,
    into markup: inout Markup
  ) {
    let (x, y) = FlowMatrix.corner(place)
    // Shaded by the square root, so that small counts stay visible next to large ones.
    let shade = count == 0 ? 0 : 0.12 + 0.88 * (Double(count) / Double(max(largest, 1))).squareRoot()
    markup.element("g") { markup in
      markup.element("title", text: "\(from) → \(to): \(Number.grouped(count))")
      markup.empty(
        "rect",
        [
          "class": count == 0 ? "track" : "after", "x": String(x), "y": String(y), "rx": "3",
          "width": String(FlowMatrix.cell - 2), "height": String(FlowMatrix.cellHeight - 2),
          "fill-opacity": count == 0 ? nil : Drawing.px(shade),
        ])
      if count > 0 {
        write(count, class: shade > 0.72 ? "onaccent" : "value", at: (x, y), into: &markup)
      }
    }
  }

  private func total(_ count: Int, at place: (row: Int, column: Int), into markup: inout Markup) {
    write(count, class: "axis", at: FlowMatrix.corner(place), into: &markup)
  }

  private func write(_ count: Int, class name: String, at corner: (x: Int, y: Int), into markup: inout Markup) {
    markup.element(
      "text",
      [
        "class": name, "x": String(corner.x + FlowMatrix.cell / 2 - 1), "y": String(corner.y + 20),
        "text-anchor": "middle",
      ], text: FlowMatrix.short(count))
  }

  private static func corner(_ place: (row: Int, column: Int)) -> (x: Int, y: Int) {
    (left + place.column * cell, top + place.row * cellHeight)
  }

  /// Short enough for a cell: `12,345`, then `123k` and `1.2M`.
  private static func short(_ count: Int) -> String {
    switch count {
    case ..<100_000: Number.grouped(count)
    case ..<1_000_000: "\(count / 1000)k"
    default: Number.trimmed(Double(count) / 1e6, places: 1) + "M"
    }
  }

  /// The places of one side: those with the highest counts, then the sum of the others.
  private struct Axis {
    let names: [String]
    private var places: [String: Int] = [:]
    private let rest: Int
    var count: Int { names.count }

    init(_ flows: [Flow], most: Int, name: (Flow) -> String) {
      var totals: [String: Int] = [:]
      for flow in flows { totals[name(flow), default: 0] += flow.count }
      let sorted = totals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      let kept = sorted.count > most + 1 ? sorted.prefix(most) : sorted[...]
      for (place, entry) in kept.enumerated() { places[entry.key] = place }
      let left = sorted.count - kept.count
      names = kept.map(\.key) + (left > 0 ? ["\(Number.grouped(left)) others"] : [])
      rest = kept.count
    }

    func place(of name: String) -> Int { places[name] ?? rest }
  }
}
