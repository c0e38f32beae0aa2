import Terminal
import Testing
import Wire

@testable import Representations

/// Tables on terminals that are wide enough, narrower, and too narrow.
struct TableLayoutTests {
  private var listing: Listing {
    var listing = Listing(["device", "why_not", "sent_hour"])
    listing.add(["D1", "paused until tomorrow, the number is under review", 5])
    listing.add(["東京 1", .null, 1200])
    return listing
  }

  @Test func `without a terminal a table is as wide as it needs to be`() {
    #expect(
      listing.text(.table) == """
        device  why not                                            sent hour
        ──────  ─────────────────────────────────────────────────  ─────────
        D1      paused until tomorrow, the number is under review          5
        東京 1                                                          1200

        """)
  }

  @Test func `text wraps within its cell, and figures are never split`() {
    #expect(
      listing.text(.table, columns: 40) == """
        device  why not                     sent
                                            hour
        ──────  ──────────────────────────  ────
        D1      paused until tomorrow, the     5
                number is under review
        東京 1                              1200

        """)
  }

  @Test func `a row becomes a list when columns would be too narrow`() {
    #expect(
      listing.text(.table, columns: 20) == """
        device     D1
        why not    paused until tomorrow, the number is under review
        sent hour  5

        device     東京 1
        sent hour  1200

        """)
  }

  @Test(arguments: 24...90)
  func `no line of a table is longer than the terminal is wide, and no word is lost`(columns: Int) {
    let text = listing.text(.table, columns: columns)
    let isTable = text.contains("─")
    for line in text.split(separator: "\n") where isTable {
      #expect(DisplayWidth.of(String(line)) <= columns, "\(text)")
    }
    for word in ["paused", "tomorrow", "number", "review", "1200"] { #expect(text.contains(word), "\(text)") }
  }

  @Test func `revisions and times are shortened only on narrow terminals`() {
    var listing = Listing(["revision", "since"])
    listing.add([.string("sha256:" + String(repeating: "ab", count: 32)), "2026-11-22T09:00:00.250Z"])
    #expect(listing.text(.table).contains(String(repeating: "ab", count: 32)))
    #expect(listing.text(.table).contains("09:00:00.250Z"))
    let narrow = listing.text(.table, columns: 40)
    #expect(narrow.contains("abababababab  2026-11-22 09:00:00Z"), "\(narrow)")
  }

  @Test func `user text cannot control the terminal`() {
    var listing = Listing(["name"])
    listing.add(["a\u{1B}[2Jb\nc"])
    #expect(listing.table(columns: nil).text(.on).contains("a\\u{1B}[2Jb\\u{0A}c"))
  }
}
