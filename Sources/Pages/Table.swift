/// Rows under named columns. In a browser, a click on a column sorts the rows and typing filters them; without scripts
/// it is a plain table.
package struct Table: Page.Block {
  /// A value, in the form in which it is shown and sorted.
  package enum Cell: Sendable {
    case text(String)
    case count(Int)
    /// A fraction of 1.
    case percent(Double)
    /// No value: unknown or not applicable.
    case none
  }

  /// Headings, from left to right.
  package let columns: [String]
  /// The initial order; a reader can sort them.
  package let rows: [[Cell]]
  /// The label of the search box; nil for a table without one.
  package let search: String?
  /// A sentence below the table, for example about rows that were left out.
  package let note: String?

  /// Traps unless each row has a cell for each column.
  package init(_ columns: [String], rows: [[Cell]], search: String? = nil, note: String? = nil) {
    precondition(rows.allSatisfy { $0.count == columns.count }, "a cell for each column")
    (self.columns, self.rows, self.search, self.note) = (columns, rows, search, note)
  }

  /// Number columns are aligned right; a printed page has only the first rows.
  package func write(into markup: inout Markup) {
    markup.element("div", ["class": "listing"]) { markup in
      if let search { box(search, into: &markup) }
      markup.element("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": label]) { markup in
        markup.element("table") { table(into: &$0) }
      }
      if let note { markup.element("p", ["class": "note"], text: note) }
      if rows.count > PageStyle.printedRows {
        markup.element(
          "p", ["class": "note printed"],
          text: "Printed are the first \(PageStyle.printedRows) of \(Number.grouped(rows.count)) rows.")
      }
    }
  }

  private var label: String { "Table: " + columns.joined(separator: ", ") }

  private func box(_ search: String, into markup: inout Markup) {
    markup.element("p", ["class": "search", "hidden": "hidden"]) { markup in
      markup.empty("input", ["type": "search", "placeholder": search, "aria-label": search])
      markup.verbatim(" ")
      markup.element("output", text: "\(Number.grouped(rows.count)) rows")
    }
  }

  private func table(into markup: inout Markup) {
    let isNumeric = columns.indices.map { column in
      rows.contains { $0[column].number != nil } && rows.allSatisfy { !$0[column].isText }
    }
    markup.element("thead") { markup in
      markup.element("tr") { markup in
        for (column, isNumeric) in zip(columns, isNumeric) {
          markup.element("th", ["scope": "col", "class": isNumeric ? "n" : nil], text: column)
        }
      }
    }
    markup.element("tbody") { markup in
      for row in rows {
        markup.verbatim("\n")
        markup.element("tr") { markup in
          for cell in row {
            markup.element("td", ["class": cell.isText ? nil : "n", "data-v": cell.number], text: cell.shown)
          }
        }
      }
    }
  }
}

extension Table.Cell {
  /// An empty cell for nil.
  package init(_ text: String?) { self = text.map { .text($0) } ?? .none }

  fileprivate var isText: Bool { if case .text = self { true } else { false } }

  fileprivate var shown: String {
    switch self {
    case .text(let text): text
    case .count(let count): Number.grouped(count)
    case .percent(let share): Number.percent(share)
    case .none: ""
    }
  }

  /// The sort key of the cell.
  fileprivate var number: String? {
    switch self {
    case .count(let count): String(count)
    case .percent(let share): Number.decimal(share, places: 4)
    case .text, .none: nil
    }
  }
}
