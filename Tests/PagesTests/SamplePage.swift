import Pages

/// A page with one of each block, and with names that look like markup.
enum SamplePage {
  static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "a & b &amp; c",
    "bell\u{7} null\u{0} escape\u{1B}[2J", "left \u{202E}right\u{202C} \u{2066}x\u{2069}", "]]>\u{FFFE}\u{FFFF}",
    "שלום",
  ]

  static func page(names: [String] = ["D1", "D2", "D3", "Sales 1", "Sales 2", "VIP tenantState", "Berlin"]) -> Page {
    let name = { (place: Int) in names[place % names.count] + (place < names.count ? "" : " \(place)") }
    return Page(
      title: "Sample: \(name(0))",
      summary: "Of 48,210 due contacts, 4,123 would be queued on another device \(name(1)).",
      facts: [("As of", "2026-11-22T09:00:00Z"), ("Candidate", name(2)), ("Against", "active revisions")],
      blocks: [
        Figures([
          .init("Due contacts", "48,210"), .init("Stay", "44,087", note: "91.4 %"),
          .init("Change device", "4,123", note: "8.6 %", isMain: true), .init("Wait", "120", note: "before: 890"),
        ]),
        Section(
          "Who takes over from whom", note: "Darker cells are more contacts.",
          [
            FlowMatrix(
              title: "Flows", description: "From and to \(name(3))",
              flows: (0..<30).flatMap { from in
                (0..<20).compactMap { to in
                  let count = (from * 37 + to * 101) % 23 == 0 ? (from + 1) * (to + 3) * 17 % 1900 : 0
                  return count > 0 ? FlowMatrix.Flow(from: name(from), to: name(to), count: count) : nil
                }
              })
          ]),
        Section(
          "Loads",
          [
            BarChart(
              title: "Loads", description: "Before and after \(name(4))", series: ["before", "after"],
              groups: (0..<13).map {
                .init(name($0), values: [Double($0 * 7 % 100) / 100, Double($0 * 31 % 103) / 100], cap: 1)
              }, style: .percent)
          ]),
        Section(
          "Over time",
          [
            LineChart(
              title: "Messages an hour", description: "By policy \(name(5))",
              series: (0..<3).map { series in
                .init(
                  name(series),
                  (0..<48).map { $0 == 20 && series == 1 ? nil : Double(($0 * (series + 3) * 13) % 97) * 21 })
              },
              ticks: stride(from: 0, through: 24, by: 6).map { .init(at: Double($0) / 24, "\($0):00") },
              bands: [.init(from: 0.4, to: 0.5, "\(name(0)) offline")], cap: ("cap", 1800))
          ]),
        Section(
          "Changes",
          [
            Table(
              ["contact", "from", "to", "count", "share"],
              rows: (0..<60).map {
                [
                  .text("welcome/L\($0)"), .text(name($0)), $0 % 5 == 0 ? .none : .text(name($0 * 3 + 1)),
                  .count($0 * 1237), .percent(Double($0) / 60),
                ]
              }, search: "Search contacts", note: "60 of 4,123; the CSV has all.")
          ]),
        Paragraph("End \(name(6))."),
      ])
  }
}
