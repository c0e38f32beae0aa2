import Terminal

/// A table as lines of text: columns as wide as what is in them, or as the terminal lets them be.
///
/// On a terminal that is too narrow, headings and texts go on in further lines of their cell. Where even that would leave
/// slivers, each row is written as a list of its own, a line for each column.
struct TableLayout {
  /// The narrowest that a column of text is made.
  private static let narrowest = 10
  /// Between columns: the second where the first takes too much.
  private static let gaps = [2, 1]

  let titles: [String]
  let cells: [[StyledText]]
  let isFigures: [Bool]

  /// As wide as it would be without a limit.
  var width: Int { total(natural, gap: TableLayout.gaps[0]) }

  /// `columns` nil: as wide as it needs to be.
  func text(columns: Int?) -> StyledText {
    guard let columns, width > columns else { return table(natural, gap: TableLayout.gaps[0]) }
    for gap in TableLayout.gaps {
      if let widths = fitted(into: columns, gap: gap) { return table(widths, gap: gap) }
    }
    return lists
  }

  private var natural: [Int] { titles.indices.map { max(DisplayWidth.of(titles[$0]), content($0)) } }

  private func content(_ column: Int) -> Int { cells.map { $0[column].width }.max() ?? 0 }

  private func total(_ widths: [Int], gap: Int) -> Int { widths.reduce(0, +) + gap * max(0, widths.count - 1) }

  /// The widest texts are made narrower, all to the same width; nil when that is not enough. Figures are never broken.
  private func fitted(into columns: Int, gap: Int) -> [Int]? {
    // A heading of two words can take two lines.
    let words = titles.map { title in title.split(separator: " ").map { DisplayWidth.of(String($0)) }.max() ?? 0 }
    func widths(_ most: Int) -> [Int] {
      titles.indices.map { max(words[$0], isFigures[$0] ? content($0) : min(content($0), most)) }
    }
    var (low, high) = (TableLayout.narrowest, natural.max() ?? 0)
    guard total(widths(low), gap: gap) <= columns else { return nil }
    while low < high {
      let middle = (low + high + 1) / 2
      if total(widths(middle), gap: gap) <= columns { low = middle } else { high = middle - 1 }
    }
    // What is left over goes to headings that it saves a line.
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
    // What is empty at the end leaves no spaces behind.
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
    return Wrapping.lines(cell.plain, width: width).flatMap { line in
      var (rest, pieces) = (line, [StyledText]())
      while DisplayWidth.of(rest) > width {
        let piece = DisplayWidth.prefix(of: rest, columns: width)
        // A character wider than the column is let through: nothing may be lost.
        let taken = piece.isEmpty ? String(rest.prefix(1)) : piece
        pieces.append(StyledText(taken, tone))
        rest.removeFirst(taken.count)
      }
      return pieces + [StyledText(rest, tone)]
    }
  }

  private var lists: StyledText {
    let width = titles.map { DisplayWidth.of($0) }.max() ?? 0
    return cells.enumerated().reduce(StyledText()) { text, row in
      let lines = titles.indices.filter { !row.element[$0].isEmpty }.map { column in
        StyledText(titles[column], .heading).fitted(to: width) + "  " + row.element[column] + "\n"
      }
      return text + (row.offset == 0 ? "" : "\n") + lines.reduce(StyledText(), +)
    }
  }
}
