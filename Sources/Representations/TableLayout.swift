import Terminal

/// A table as lines of text: columns are as wide as their content, or as the terminal permits.
///
/// On a terminal that is too narrow, headings and texts continue in further lines of their cell. They break between words, never
/// inside one. Where the longest words do not fit next to each other, each row becomes a list with a line for each column.
struct TableLayout {
  /// The least width of a column of texts, unless all of them are shorter.
  private static let narrowest = 10
  /// The spaces between columns; the second value is used if the first makes the table too wide.
  private static let gaps = [2, 1]

  let titles: [String]
  let cells: [[StyledText]]
  let isFigures: [Bool]

  /// The width of the table without a limit.
  var width: Int { total(natural, gap: TableLayout.gaps[0]) }

  /// `columns` nil: as wide as it needs to be.
  func text(columns: Int?) -> StyledText {
    guard let columns, width > columns else { return table(natural, gap: TableLayout.gaps[0]) }
    for gap in TableLayout.gaps {
      if let widths = fitted(into: columns, gap: gap) { return table(widths, gap: gap) }
    }
    return lists(columns)
  }

  private var natural: [Int] { titles.indices.map { max(DisplayWidth.of(titles[$0]), content($0)) } }

  private func content(_ column: Int) -> Int { cells.map { $0[column].width }.max() ?? 0 }

  /// Headings and texts keep their words whole, figures the whole cell.
  private func least(_ column: Int) -> Int {
    let heading = Wrapping.longest(in: titles[column])
    if isFigures[column] { return max(heading, content(column)) }
    return cells.reduce(heading) { max($0, Wrapping.longest(in: $1[column].plain)) }
  }

  private func total(_ widths: [Int], gap: Int) -> Int { widths.reduce(0, +) + gap * max(0, widths.count - 1) }

  /// Reduces the widest columns of texts to one common width. Nil if the least widths do not fit.
  private func fitted(into columns: Int, gap: Int) -> [Int]? {
    let (least, content) = (titles.indices.map(least), titles.indices.map(content))
    func widths(_ most: Int) -> [Int] { titles.indices.map { max(least[$0], min(content[$0], most)) } }
    var (low, high) = (TableLayout.narrowest, natural.max() ?? 0)
    guard total(widths(low), gap: gap) <= columns else { return nil }
    while low < high {
      let middle = (low + high + 1) / 2
      if total(widths(middle), gap: gap) <= columns { low = middle } else { high = middle - 1 }
    }
    // Remaining columns go to headings that then fit on one line.
    var fitted = widths(low)
    for column in titles.indices where fitted[column] < DisplayWidth.of(titles[column]) {
      let more = DisplayWidth.of(titles[column]) - fitted[column]
      if total(fitted, gap: gap) + more <= columns { fitted[column] += more }
    }
    return fitted
  }

  private func table(_ widths: [Int], gap: Int) -> StyledText {
    let head = titles.indices.map { TableLayout.pieces(of: StyledText(titles[$0], .heading), width: widths[$0]) }
    let rule = widths.map { StyledText(String(repeating: "─", count: $0), .faint) }
    var text = lines(head, widths, gap) + line(rule, widths, gap)
    for row in cells {
      text += lines(row.indices.map { TableLayout.pieces(of: row[$0], width: widths[$0]) }, widths, gap)
    }
    return text
  }

  private func lines(_ pieces: [[StyledText]], _ widths: [Int], _ gap: Int) -> StyledText {
    (0..<(pieces.map(\.count).max() ?? 0)).reduce(StyledText()) { text, place in
      text + line(pieces.map { place < $0.count ? $0[place] : StyledText() }, widths, gap)
    }
  }

  private func line(_ texts: [StyledText], _ widths: [Int], _ gap: Int) -> StyledText {
    // Empty cells at the end add no trailing spaces.
    let last = texts.lastIndex { !$0.isEmpty } ?? -1
    var line = StyledText()
    for (column, text) in texts.prefix(last + 1).enumerated() {
      if column > 0 { line += StyledText(String(repeating: " ", count: gap)) }
      line += column == last && !isFigures[column] ? text : text.fitted(to: widths[column], isFigure: isFigures[column])
    }
    return line + "\n"
  }

  private static func pieces(of cell: StyledText, width: Int) -> [StyledText] {
    guard cell.width > width else { return [cell] }
    let tone = cell.spans.first?.tone ?? .plain
    return Wrapping.lines(cell.plain, width: width).map { StyledText($0, tone) }
  }

  private func lists(_ columns: Int) -> StyledText {
    let width = titles.map { DisplayWidth.of($0) }.max() ?? 0
    let indent = StyledText(String(repeating: " ", count: width + 2))
    return cells.enumerated().reduce(StyledText()) { text, row in
      let lines = titles.indices.filter { !row.element[$0].isEmpty }.map { column in
        let pieces = TableLayout.pieces(of: row.element[column], width: max(1, columns - width - 2))
        let title = StyledText(titles[column], .heading).fitted(to: width) + "  "
        return pieces.enumerated().reduce(StyledText()) { $0 + ($1.offset == 0 ? title : indent) + $1.element + "\n" }
      }
      return text + (row.offset == 0 ? "" : "\n") + lines.reduce(StyledText(), +)
    }
  }
}
