import Routing
import Testing

@testable import Wire

@Suite struct CSVWriterTests {
  private func written(_ cell: String, neutralising: Bool = false) -> String {
    var writer = CSVWriter(header: ["a", "b"], neutralising: neutralising, lineEnd: .lf)
    writer.append([cell, ""])
    return String(decoding: writer.bytes.dropFirst(4).dropLast(2), as: UTF8.self)
  }

  @Test func `lines end in CRLF by default`() {
    var writer = CSVWriter(header: ["id", "text"])
    writer.append(["1", "a"])
    #expect(writer.drain() == Array("id,text\r\n1,a\r\n".utf8))
    writer.append(["2", ""])
    #expect(writer.drain() == Array("2,\r\n".utf8))
    #expect(CSVWriter(header: ["a"], lineEnd: .lf).bytes == Array("a\n".utf8))
  }

  @Test(arguments: [
    ("x y", "x y"), ("", ""), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""),
    ("a\r", "\"a\r\""),
    ("=1+1", "=1+1"), ("\u{FEFF}a", "\"\u{FEFF}a\""),
  ])
  func `a cell is quoted only when necessary`(cell: String, text: String) {
    #expect(written(cell) == text)
  }

  @Test func `a row of one empty cell is not written as an empty line`() {
    var writer = CSVWriter(header: ["a"], lineEnd: .lf)
    writer.append([""])
    #expect(writer.bytes == Array("a\n\"\"\n".utf8))
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("@sum", "'@sum"), ("+cmd", "'+cmd"), ("-x", "'-x"), ("-", "'-"), ("+", "'+"),
    ("\tx", "'\tx"), ("\rx", "\"'\rx\""), ("-1+2", "'-1+2"), ("+49 151", "'+49 151"), ("-1.", "'-1."),
    ("-1e", "'-1e"), ("-1e5x", "'-1e5x"), ("-=\"a\"", "\"'-=\"\"a\"\"\""),
    ("+4915112345678", "+4915112345678"),
    ("-12.5", "-12.5"), ("+3", "+3"), ("-1e-5", "-1e-5"), ("hello=1", "hello=1"), ("", ""),
  ])
  func `a neutralised cell cannot be a formula`(cell: String, text: String) {
    #expect(written(cell, neutralising: true) == text)
  }

  @Test func `a row of another length stops the program`() async {
    await #expect(processExitsWith: .failure) {
      var writer = CSVWriter(header: ["a"])
      writer.append(["1", "2"])
    }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `the reader reads written rows back unchanged`(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for round in 0..<100 {
      let columns = Int.random(in: 1...5, using: &random)
      let header = (0..<columns).map { random.text() + "\($0)" }
      guard Set(header).count == columns else { continue }
      let rows = (0..<Int.random(in: 0...8, using: &random)).map { _ in header.map { _ in random.text() } }
      var writer = CSVWriter(header: header, lineEnd: Bool.random(using: &random) ? .crlf : .lf)
      for row in rows { writer.append(row) }
      var reader = try CSVReader(writer.bytes)
      #expect(reader.header == header, "seed \(seed), round \(round)")
      var read: [[String]] = []
      while let row = try reader.next() { read.append(row.cells) }
      #expect(read == rows, "seed \(seed), round \(round)")
    }
  }
}
