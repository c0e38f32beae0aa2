import Pages
import Testing

struct ChartTests {
  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567"), (-12_345, "−12,345"),
  ])
  func `digits of counts are grouped`(count: Int, text: String) { #expect(Number.grouped(count) == text) }

  @Test(arguments: [
    (0.0, "0 %"), (0.125, "12.5 %"), (1, "100 %"), (0.9996, "100 %"), (12.5, "1,250 %"), (.nan, "–"),
  ])
  func `fractions are written as percentages`(share: Double, text: String) { #expect(Number.percent(share) == text) }

  @Test(arguments: [(1.005, 1, "1.0"), (-0.04, 1, "0.0"), (-1.25, 2, "-1.25"), (3.05, 2, "3.05"), (7, 0, "7")])
  func `decimals keep their digits`(value: Double, places: Int, text: String) {
    #expect(Number.decimal(value, places: places) == text)
  }

  @Test func `a matrix with thousands of places shows the largest and the sum of the others`() {
    let flows = (0..<3000).map {
      FlowMatrix.Flow(from: "D\($0)", to: "D\(($0 * 7 + 1) % 3000)", count: $0 == 5 ? 90 : 1)
    }
    let text = html(FlowMatrix(title: "t", description: "d", flows: flows))
    #expect(text.contains("2,986 others → 2,986 others: "))
    #expect(text.contains("D5 → D36: 90"))
    #expect(text.contains(">3,089<"))
    #expect(text.utf8.count < 60_000)
  }

  @Test func `a matrix without flows draws nothing`() {
    #expect(html(FlowMatrix(title: "t", description: "d", flows: [])).contains("<svg") == false)
  }

  @Test func `the length of a bar is its fraction of the largest value or cap`() {
    let chart = BarChart(
      title: "t", description: "d", series: ["before", "after"], groups: [.init("D1", values: [0.51, 0], cap: 1)],
      style: .percent)
    let text = html(chart)
    #expect(text.contains("51 % → 0 %"))
    #expect(text.contains("width=\"50%\""))
    #expect(text.contains("x1=\"98.04%\""))
  }

  @Test func `marked periods are named once, in the legend`() {
    let chart = LineChart(
      title: "t", description: "d", series: [.init("s", [0, 10])], ticks: [],
      bands: [
        .init(from: 0, to: 0.1, "D1 offline"), .init(from: 0.05, to: 0.2, "D2 offline"),
        .init(from: 0.5, to: 0.6, "D1 offline"), .init(from: 1.5, to: 1.6, "D3 offline"),
      ])
    let text = html(chart)
    #expect(text.contains("D1 offline, D2 offline</li>"))
    #expect(text.split(separator: "class=\"band\"").count == 4)
    #expect(!text.contains("D3 offline"))
  }

  @Test func `a line has a gap where a value is missing`() {
    let chart = LineChart(
      title: "t", description: "d", series: [.init("s", [0, 10, nil, 10])], ticks: [.init(at: 0, "09:00")])
    #expect(html(chart).contains("d=\"M0 1000L333.33 0M1000 0h0.01\""))
  }

  @Test(arguments: [(0.0, "1"), (7, "2"), (1800, "500"), (0.8, "0.2")])
  func `an axis has a few round marks`(most: Double, mark: String) {
    let chart = LineChart(
      title: "t", description: "d", series: [.init("s", [most])], ticks: [], style: .decimal(places: 2))
    #expect(html(chart).contains("text-anchor=\"end\">\(mark)</text>"))
  }

  @Test(arguments: [100, 101])
  func `a printed table states how many rows it leaves out`(rows: Int) {
    let text = html(Table(["n"], rows: (0..<rows).map { [.count($0)] }))
    #expect(text.contains("Printed are the first 100 of 101 rows.") == (rows > 100))
    #expect(text.contains("tr:nth-child(n+101) { display: none; }"))
  }

  private func html(_ block: any Page.Block) -> String { Page(title: "", summary: "", blocks: [block]).html }
}
