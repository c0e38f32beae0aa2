import Testing

@testable import LuaSyntax

@Suite struct ExpressionTests {
  @Test(arguments: [
    ("1 + 2 * 3", "(1 + (2 * 3))"),
    ("1 * 2 + 3", "((1 * 2) + 3)"),
    ("1 - 2 - 3", "((1 - 2) - 3)"),
    ("2 ^ 3 ^ 2", "(2 ^ (3 ^ 2))"),
    ("a .. b .. c", "(a .. (b .. c))"),
    ("-2 ^ 2", "(- (2 ^ 2))"),
    ("2 ^ -3 * 4", "((2 ^ (- 3)) * 4)"),
    ("not a == b", "((not a) == b)"),
    ("a or b and c", "(a or (b and c))"),
    ("a and b or c", "((a and b) or c)"),
    ("a < b == c", "((a < b) == c)"),
    ("1 | 2 ~ 3 & 4 << 5 .. 6 + 7", "(1 | (2 ~ (3 & (4 << (5 .. (6 + 7))))))"),
    ("#t // 2 % 3", "(((# t) // 2) % 3)"),
  ])
  func `operators have the precedence of Lua's manual`(source: String, grouped: String) throws {
    #expect(Self.grouping(try Self.value(of: source)) == grouped)
  }

  @Test(
    arguments: [
      ("0", 0), ("08", 8), ("9223372036854775807", .max), ("0xff", 255), ("0xffffffffffffffff", -1),
      ("0x1ffffffffffffffff", -1), ("0x8000000000000000", .min), ("0Xa", 10),
    ] as [(String, Int64)])
  func `an integer numeral keeps 64 bits`(source: String, value: Int64) throws {
    #expect(try Self.value(of: source).kind == .integer(value))
  }

  @Test(
    arguments: [
      ("9223372036854775808", 0x1p63), ("1e2", 100), (".5", 0.5), ("5.", 5), ("3.25E-2", 0.0325),
      ("0x.8", 0.5), ("0xA.", 10), ("0x1p4", 16), ("0x1.8p-1", 0.75), ("1e400", .infinity), ("1e-400", 0),
      ("1e999999999999999999999", .infinity), ("0e999999999999999999999", 0),
      ("0x1p99999999999999", .infinity),
      ("0x0.0000000000001p-1022", 0x0.0000000000001p-1022), ("0x1.fffffffffffff8p0", 2),
      ("0x1p-1075", 0), ("0x1.1p-1075", 0x1p-1074), ("0x20000000000001.0", 0x1p53), ("4.9e-324", 0x1p-1074),
      ("1.7976931348623157e308", 0x1.fffffffffffffp1023),
    ] as [(String, Double)])
  func `a float numeral is rounded once`(source: String, value: Double) throws {
    #expect(try Self.value(of: source).kind == .float(value))
  }

  @Test(
    arguments: [
      (#"'\a\b\f\n\r\t\v\\\"\''"#, [7, 8, 12, 10, 13, 9, 11, 92, 34, 39]),
      (#"'\x41\xfF'"#, [0x41, 0xFF]),
      (#"'\0\12\2555'"#, [0, 12, 255, 53]),
      ("'a\\z  \r\n\t b'", [97, 98]),
      ("'a\\\r\nb'", [97, 10, 98]),
      (#"'\u{41}\u{e9}\u{20AC}\u{1F600}'"#, Array("Aé€😀".utf8)),
      (
        #"'\u{7FFFFFFF}\u{3FFFFFF}\u{200000}'"#,
        [0xFD, 0xBF, 0xBF, 0xBF, 0xBF, 0xBF, 0xFB, 0xBF, 0xBF, 0xBF, 0xBF, 0xF8, 0x88, 0x80, 0x80, 0x80]
      ),
      (#"'\u{80}\u{7FF}\u{800}'"#, [0xC2, 0x80, 0xDF, 0xBF, 0xE0, 0xA0, 0x80]),
      ("[[\r\na\r\nb]]", [97, 10, 98]),
      ("[==[]]]=]]==]", Array("]]]=]".utf8)),
      ("[=[\\n]=]", [92, 110]),
    ] as [(String, [UInt8])])
  func `a string denotes its bytes`(source: String, bytes: [UInt8]) throws {
    #expect(try Self.value(of: source).kind == .string(bytes))
  }

  @Test func `suffixes are in order with their ranges`() throws {
    guard case .suffixed(_, let suffixes) = try Self.value(of: "a.b[1]:c'x'{}").kind else {
      Issue.record("no suffixes")
      return
    }
    #expect(suffixes.map(\.range.start.column) == [9, 11, 14, 19])
    #expect(suffixes.map(\.isCall) == [false, false, true, true])
  }

  private static func value(of source: String) throws -> Expression {
    let chunk = try LuaParser.parse("return \(source)")
    guard case .return(let values) = chunk.block.statements[0].kind else { throw Missing() }
    return values[0]
  }

  private struct Missing: Error {}

  private static func grouping(_ expression: Expression) -> String {
    switch expression.kind {
    case .integer(let value): "\(value)"
    case .name(let use): use.text
    case .unary(let operation, let operand): "(\(operation.rawValue) \(grouping(operand)))"
    case .binary(let first, let steps):
      steps.reduce(grouping(first)) { "(\($0) \($1.operation.rawValue) \(grouping($1.operand)))" }
    default: "?"
    }
  }
}
