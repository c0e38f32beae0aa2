import Foundation
import RoutingTestKit
import Testing

extension Slow {
  /// The HTML reports in a real browser: wide and narrow, light and dark.
  @Suite(
    .enabled(
      if: Chromium.path != nil,
      "chromium is not installed: the HTML reports were not opened in a browser (apt-get install chromium)"))
  struct ReportPageTests {
    /// The tutorial's store after its first cycle.
    private func store() throws -> TestStore {
      let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      let store = try TestStore()
      try store.usher("import", repository.appendingPathComponent("Examples/tutorial/acme.jsonl").path)
      try store.usher("tick", "--now", "2026-11-23T09:20:00Z")
      return store
    }

    private func expectReadable(
      _ page: String, searching word: String, rows: Int, found: Int, in folder: TestFolder
    ) throws {
      for scheme in Chromium.Scheme.allCases {
        let views = try Chromium.open(page, as: scheme, searching: word, in: folder)
        #expect(views.map(\.width) == [1280, 390])
        for view in views {
          let place: Comment = "\(scheme), \(view.width) pixels wide"
          #expect(view.scriptErrors == [], place)
          #expect(view.contentWidth <= view.width, "\(scheme): \(view.contentWidth) pixels in \(view.width)")
          // WCAG 2 requires 4.5 for text of this size.
          #expect(view.leastContrast >= 4.5, "\(scheme): \(view.leastContrast) of '\(view.leastContrastText)'")
          #expect(scheme == .dark ? view.backgroundLuminance < 0.2 : view.backgroundLuminance > 0.8, place)
          #expect(view.charts >= 2, place)
          #expect(view.smallestChartText >= 9, "\(scheme), \(view.width): \(view.smallestChartText) pixels")
          #expect(view.rows == rows && view.rowsFound == found, "\(place): \(view.rows), \(view.rowsFound)")
        }
      }
    }

    @Test func `the page of a dry run is readable in every window, and its list can be searched`() throws {
      let store = try store()
      let page = try store.usher(
        "dry-run", "--policy", "fallback", "--at", "2026-11-23T09:40:00Z", "--format", "html", expecting: 2)
      try expectReadable(page.text, searching: "L22", rows: 9, found: 1, in: store.folder)
    }

    @Test func `the page of a simulation is readable in every window, and its devices can be searched`() throws {
      let store = try store()
      let page = try store.usher(
        "simulate", "--policy", "fallback", "--against", "assigned", "--at", "2026-11-23T09:40:00Z", "--hours", "6",
        "--offline", "D1@10:00-12:00", "--arrivals", "20/h", "--format", "html")
      try expectReadable(page.text, searching: "VIP", rows: 8, found: 2, in: store.folder)
    }
  }
}
