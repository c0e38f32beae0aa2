import LuaSandbox
import Routing
import Testing
import Wire

@testable import Policies

/// A script's text ends up in a terminal, on a web page, in JSON and in CSV: it is bounded and has no effect there.
struct HostileTextTests {
  static let texts: [(name: String, lua: String)] = [
    ("4 KiB", "('x'):rep(4096)"),
    ("4 KiB of emoji, cut within one", "'a' .. ('\\u{1F600}'):rep(1000)"),
    ("colours", "'\\27[31mred\\27[0m'"),
    ("a window title", "'\\27]0;title\\7'"),
    ("C1 controls", "'\\u{9B}31m\\u{85}\\u{90}'"),
    ("lines", "'one\\r\\ntwo\\n\\nthree\\u{2028}four\\u{2029}'"),
    ("a zero byte", "'a\\0b'"),
    ("a line that goes over itself", "'good\\rbad\\8\\8\\8'"),
    ("bidirectional overrides", "'\\u{202E}desrever\\u{202C}\\u{2066}x\\u{2069}\\u{200F}'"),
    ("zero width", "'a\\u{200B}b\\u{200D}c\\u{FEFF}d\\u{2060}e\\u{AD}f'"),
    ("no UTF-8", "'\\xFF\\xFE\\xC0\\x80\\xED\\xA0\\x80\\xF8\\x88\\x80\\x80'"),
    ("a sequence that is cut off", "'ok \\xF0\\x9F\\x98'"),
    ("a formula", "'=cmd|\"/c calc\"!A1'"),
    ("a formula with a plus", "'+1+1'"),
    ("a formula with a minus", "'-2+3'"),
    ("a formula with an at sign", "'@SUM(A1:A9)'"),
    ("a formula behind a tab", "'\\t=1+1'"),
    ("quotes and commas", "'\",\"\\n=1'"),
    ("markup", "'<script>alert(1)</script><img src=x onerror=alert(1)>'"),
  ]

  @Test(arguments: texts)
  func `a reason, a note and a message are shown without effect`(name: String, lua: String) throws {
    let answers = [
      "return wait(text, 60)", "note(text) return wait('x', 60)", "error(text, 0)", "return use(text, 'x')",
    ]
    for answer in answers {
      let source = "return { select = function() local text = \(lua) \(answer) end }"
      let decision = HostileScript.decision(of: try HostileScript.policy(source))
      for said in [decision.fault?.message ?? "x"] + decision.notes {
        #expect(!said.isEmpty && said.utf8.count <= 400)
        expectWithoutEffect(said)
      }
      // A fault's reason is its message with the position in front.
      #expect(decision.reason.utf8.count <= 500)
      expectWithoutEffect(decision.reason)
    }
  }

  @Test func `no scalar that a terminal must not see comes through`() throws {
    let scalars = (0x80...0x10FFFF).compactMap(Unicode.Scalar.init).filter { terminalSafe(String($0)) != String($0) }
    #expect(scalars.count > 300)
    for start in stride(from: 0, to: scalars.count, by: 1200) {
      let notes = stride(from: start, to: min(start + 1200, scalars.count), by: 80).map { first in
        let escapes = scalars[first..<min(first + 80, scalars.count)].map { "\\u{\(String($0.value, radix: 16))}" }
        return "note('\(escapes.joined())')"
      }
      let source = "return { select = function() \(notes.joined(separator: " ")) end }"
      let decision = HostileScript.decision(of: try HostileScript.policy(source))
      #expect(decision.notes.count == notes.count)
      for note in decision.notes { #expect(terminalSafe(note) == note) }
    }
  }

  private func expectWithoutEffect(_ text: String) {
    #expect(HostileScript.isFit(text), "\(text.debugDescription)")
    #expect(terminalSafe(text) == text, "what the sandbox lets through has nothing left to escape")
    var csv = CSVWriter(header: ["reason", "next"], neutralising: true)
    csv.append([text, "next"])
    let lines = String(decoding: csv.bytes, as: UTF8.self).split(separator: "\r\n")
    #expect(lines.count == 2, "one row stays one line")
    let cell = lines.last!.drop { $0 == "\"" }
    #expect(!["=", "+", "-", "@", "\t"].contains(String(cell.prefix(1))), "\(cell)")
  }
}
