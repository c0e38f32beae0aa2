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
        why not    paused
                   until
                   tomorrow,
                   the
                   number is
                   under
                   review
        sent hour  5

        device     東京 1
        sent hour  1200

        """)
  }

  @Test(arguments: 20...90)
  func `no line is longer than the terminal is wide, and no word is split`(columns: Int) {
    let text = listing.text(.table, columns: columns)
    for line in text.split(separator: "\n") { #expect(DisplayWidth.of(String(line)) <= columns, "\(text)") }
    let words = text.split { " \n".contains($0) }
    for word in ["paused", "tomorrow,", "number", "review", "東京", "1200"] {
      #expect(words.contains(Substring(word)), "\(text)")
    }
  }

  @Test func `a word that does not fit is kept whole, on a line of its own`() {
    var listing = Listing(["file", "why", "lines"])
    listing.add(["/srv/usher/Rules/acme/fallback_of_the_weekend.lua", "is missing", 3])
    for columns in 12...90 {
      let words = listing.text(.table, columns: columns).split { " \n".contains($0) }
      #expect(words.contains("/srv/usher/Rules/acme/fallback_of_the_weekend.lua"))
    }
    #expect(
      listing.text(.table, columns: 40) == """
        file   /srv/usher/Rules/acme/fallback_of_the_weekend.lua
        why    is missing
        lines  3

        """)
  }

  @Test func `Chinese and Japanese break between characters, and count two columns each`() {
    var listing = Listing(["name", "note"])
    listing.add(["D1", "この装置は明日まで停止しています。確認中です。"])
    #expect(
      listing.text(.table, columns: 24) == """
        name  note
        ────  ──────────────────
        D1    この装置は明日まで
              停止しています。確
              認中です。

        """)
  }

  @Test func `columns that are empty in every row are left out of tables, and kept in CSV and JSON`() {
    var listing = Listing(["id", "error", "at", "tags"])
    #expect(listing.text(.table) == "id  error  at  tags\n──  ─────  ──  ────\n")
    listing.add(["a", .null, "x", .array([])])
    listing.add(["b", "", .null, .array([])])
    #expect(listing.text(.table) == "id  at\n──  ──\na   x\nb\n")
    #expect(listing.csv == "id,error,at,tags\na,,x,\nb,,,\n")
    #expect(listing.text(.json).contains("\"error\": null"))
  }

  @Test func `digests are short in tables, times only where the table is too wide`() {
    var listing = Listing(["revision", "from", "since"])
    let digest = "sha256:" + String(repeating: "ab", count: 32)
    listing.add([.array([.string(digest)]), .string("revision \(digest)"), "2026-11-22T09:00:00.250Z"])
    #expect(listing.text(.table).contains("abababababab  revision abababababab  2026-11-22T09:00:00.250Z\n"))
    #expect(listing.csv.contains(digest) && listing.text(.json).contains(digest))
    let narrow = listing.text(.table, columns: 60)
    #expect(narrow.contains("abababababab  revision abababababab  2026-11-22 09:00:00Z"), "\(narrow)")
  }

  @Test func `digests that begin alike are told apart`() {
    var listing = Listing(["revision"])
    let digest = { (end: String) in JSONValue.string("sha256:" + String(repeating: "ab", count: 10) + end) }
    listing.add([digest(String(repeating: "0", count: 44))])
    listing.add([digest(String(repeating: "1", count: 44))])
    #expect(listing.text(.table).hasSuffix("abababababababababab0\nabababababababababab1\n"))
  }

  @Test func `user text cannot control the terminal`() {
    var listing = Listing(["name"])
    listing.add(["a\u{1B}[2Jb\nc"])
    #expect(listing.table(columns: nil).text(.on).contains("a\\u{1B}[2Jb\\u{0A}c"))
  }
}
