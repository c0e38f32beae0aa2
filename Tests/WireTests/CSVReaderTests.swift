import Routing
import Testing

@testable import Wire

@Suite struct CSVReaderTests {
  @Test(
    arguments: [
      ("a,b\r\n1,2\r\n", [CSVRow(line: 2, cells: ["1", "2"])]),
      ("a,b\n1,2", [CSVRow(line: 2, cells: ["1", "2"])]),
      ("\u{FEFF}a,b\n,\n", [CSVRow(line: 2, cells: ["", ""])]),
      ("a,b\n", []), ("a,b", []),
      ("\"a\",\"b\"\n\"x, \"\"y\"\"\",\"\"\n", [CSVRow(line: 2, cells: ["x, \"y\"", ""])]),
      ("a,b\n\"\"\"\",\"\"\"\"\"\"", [CSVRow(line: 2, cells: ["\"", "\"\""])]),
      (
        "a,b\n\"1\r\n2\n\",3\r\n4,5\n",
        [CSVRow(line: 2, cells: ["1\r\n2\n", "3"]), CSVRow(line: 5, cells: ["4", "5"])]
      ),
      ("a,b\n é ,\t😀\n", [CSVRow(line: 2, cells: [" é ", "\t😀"])]),
      ("a\n\nx\n", [CSVRow(line: 2, cells: [""]), CSVRow(line: 3, cells: ["x"])]),
      ("a,b\n1,", [CSVRow(line: 2, cells: ["1", ""])]),
    ] as [(String, [CSVRow])])
  func `each row has the line on which it starts`(text: String, rows: [CSVRow]) throws {
    var reader = try CSVReader(Array(text.utf8))
    var read: [CSVRow] = []
    while let row = try reader.next() { read.append(row) }
    #expect(read == rows)
  }

  @Test func `the byte order mark is not part of the first column name`() throws {
    #expect(try CSVReader(Array("\u{FEFF}a,b".utf8)).header == ["a", "b"])
  }

  @Test(arguments: [
    ("", 1, "expected a header row, found an empty file; put the column names on the first line"),
    ("\u{FEFF}", 1, "expected a header row, found an empty file; put the column names on the first line"),
    ("a,,b\n", 1, "expected a name for each column, found no name for column 2; add one or remove the column"),
    ("\na\n", 1, "expected a name for each column, found no name for column 1; add one or remove the column"),
    ("a,b,a\n", 1, "expected each column name once, found 'a' again at column 3; rename or remove it"),
    (
      "a,\"b\n", 1,
      "expected '\"' to close the quote that begins on this line, found the end of the file;"
        + " add it, or double a quote that belongs to the text"
    ),
    (
      "a\rb\r", 1,
      "expected a line feed after a carriage return, found none; save with LF or CRLF ends"
    ),
  ])
  func `an invalid header is rejected`(text: String, line: Int, message: String) {
    #expect(throws: CSVError(line: line, message: message)) { try CSVReader(Array(text.utf8)) }
  }

  @Test(arguments: [
    ("1\n", 2, "expected 2 columns as in the header, found 1; check its commas and quotes"),
    ("1,2,3\n", 2, "expected 2 columns as in the header, found 3; check its commas and quotes"),
    ("\"1\n\n\"\n", 2, "expected 2 columns as in the header, found 1; check its commas and quotes"),
    ("\n", 2, "expected 2 columns as in the header, found an empty line; remove it"),
    ("\"1\n\"x,2\n", 3, "expected ',' or the end of the line after a closing quote, found 'x'"),
    ("\"1\" ,2\n", 2, "expected ',' or the end of the line after a closing quote, found ' '"),
    (
      "1\"2,3\n", 2,
      "expected a cell without quotes or wholly in quotes, found '\"' inside a cell;"
        + " put the cell in quotes and double those inside"
    ),
    ("1\r2,3\n", 2, "expected a line feed after a carriage return, found none; save with LF or CRLF ends"),
  ])
  func `reading continues after a rejected row`(text: String, line: Int, message: String) throws {
    var reader = try CSVReader(Array(("a,b\n" + text + "x,y\n").utf8))
    #expect(throws: CSVError(line: line, message: message)) { try reader.next() }
    let rest = text.utf8.count { $0 == 0x0A } + 2
    #expect(try reader.next() == CSVRow(line: rest, cells: ["x", "y"]))
    #expect(try reader.next() == nil)
  }

  @Test func `a row with invalid UTF-8 is rejected with line and column`() throws {
    var reader = try CSVReader(Array("a,b\n1,\"2\n".utf8) + [0xFF] + Array("\n\"\nx,y".utf8))
    #expect(
      throws: CSVError(
        line: 3, message: "expected UTF-8, found the byte 0xFF in column 2; save the file as UTF-8")
    ) { try reader.next() }
    #expect(try reader.next() == CSVRow(line: 5, cells: ["x", "y"]))
  }

  @Test func `an unterminated quote is reported at the line where it begins and ends the reading`() throws {
    var reader = try CSVReader(Array("a,b\n1,2\n3,\"4\n5,6\n".utf8))
    _ = try reader.next()
    let error = try #require(throws: CSVError.self) { try reader.next() }
    #expect(error.line == 3)
    #expect(error.description.hasPrefix("line 3: expected '\"' to close the quote"))
    #expect(try reader.next() == nil)
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func `the reader never crashes on random bytes and always ends`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let likely = Array("\"\",,\r\n\nab".utf8) + [0xFF, 0xC3]
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        likely.randomElement(using: &random)!
      }
      guard var reader = try? CSVReader(bytes) else { continue }
      var calls = 0
      while calls <= bytes.count {
        calls += 1
        do { if try reader.next() == nil { break } } catch { continue }
      }
      #expect(calls <= bytes.count, "seed \(seed), bytes \(bytes)")
    }
  }
}
