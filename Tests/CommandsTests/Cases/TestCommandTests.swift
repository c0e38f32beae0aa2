import Foundation
import FoundationXML
import RoutingTestKit
import Testing
import Wire

/// `usher test` as a process: what it runs, its output, and when it fails.
struct TestCommandTests {
  private let folder: TestFolder

  init() throws {
    folder = TestFolder()
    try folder.write(
      """
      return {
        select = function(contact, fleet)
          if contact.step > 1 then
            return skip('<later> & "more"')
          end
          return wait('first', 60)
        end,
      }
      """, to: "Rules/p.lua")
    try folder.write(
      """
      return {
        policy = 'p',
        cases = {
          { name = 'first <step>', contact = { id = 'c1' }, expect = { outcome = 'wait' } },
          { name = 'second step', contact = { id = 'c1', step = 2 }, expect = { outcome = 'skip' } },
        },
      }
      """, to: "Rules/p_test.lua")
    for number in 1...12 {
      try folder.write(
        """
        return { policy = 'p', cases = {
          { name = 'a\(number)', contact = { id = 'c1' }, expect = { outcome = 'wait' } },
          { name = 'b\(number)', contact = { id = 'c1' }, expect = { outcome = 'skip' } },
          { name = 'c\(number)', contact = { id = 'c1', step = \(number) }, expect = { outcome = 'skip' } },
        } }
        """, to: "More/m\(number)_test.lua")
    }
    try folder.write(try String(contentsOfFile: folder.file("Rules/p.lua"), encoding: .utf8), to: "More/p.lua")
  }

  private func usher(_ arguments: String...) throws -> UsherProcess.Outcome {
    try UsherProcess.run(["test"] + arguments, in: folder.path)
  }

  @Test(arguments: ["table", "json", "csv"])
  func `cases on several cores print the same bytes as in sequence`(format: String) throws {
    let serial = try usher("More", "Rules", "--jobs", "1", "--format", format)
    let parallel = try usher("More", "Rules", "--jobs", "8", "--format", format)
    #expect(serial.code == 1 && serial.stderr == "25 passed, 13 failed\n", "\(serial)")
    #expect(parallel.output == serial.output && parallel.stderr == serial.stderr && parallel.code == serial.code)
  }

  @Test func `a case with the old name of a limit runs, and standard error names the new one`() throws {
    try folder.write(
      """
      return { policy = 'p', cases = {
        { contact = { id = 'c' }, devices = { { id = 'D1', limit_in_flight = 5 } }, expect = { outcome = 'wait' } },
      } }
      """, to: "Rules/old_test.lua")
    let outcome = try usher("Rules/old_test.lua")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(
      outcome.stderr
        == "note: Rules/old_test.lua: cases[0].devices[0].limit_in_flight: 'limit_in_flight' is now called 'limit_queue'\n1 passed, 0 failed\n",
      "\(outcome)")
  }

  @Test func `JSON has its earlier keys first, then new ones`() throws {
    let first = try #require(try usher("--format", "json").json().items.first)
    guard case .object(let object) = first else { throw UsherProcess.TookTooLong(description: "no object") }
    #expect(object.keys == ["file", "case", "holds", "differences", "reason", "code", "line", "error"])
    #expect(first["file"] == "Rules/p_test.lua" && first["line"] == 4)
  }

  @Test func `a filter selects cases and files by name, and one without a match is a failure`() throws {
    #expect(try usher("--filter", "FIRST").stderr == "1 passed, 0 failed\n")
    #expect(try usher("--filter", "p_test").stderr == "2 passed, 0 failed\n")
    let nothing = try usher("--filter", "third")
    #expect(
      nothing.code == 1 && nothing.stderr.hasPrefix("usher: no case or file name contains 'third'"), "\(nothing)")
  }

  @Test func `a file that cannot be run does not prevent the others`() throws {
    try folder.write(
      "return { policy = 'nowhere', cases = { { contact = { id = 'c' }, expect = { outcome = 'use' } } } }",
      to: "Rules/a_test.lua")
    let outcome = try usher("Rules")
    #expect(outcome.code == 1 && outcome.stderr.hasSuffix("2 passed, 0 failed\n"), "\(outcome)")
    #expect(outcome.stderr.contains("Rules/a_test.lua: its policy: policy 'nowhere' not found"), "\(outcome)")
  }

  @Test func `JUnit XML is well-formed, counts suites and failures, and escapes quoted text`() throws {
    try folder.write("return {", to: "More/broken_test.lua")
    let outcome = try usher("Rules", "More", "--format", "junit")
    #expect(outcome.code == 1)
    let reader = XMLReader()
    #expect(reader.read(outcome.output), "\(outcome)")
    #expect(reader.attributes["testsuites"]?[0]["tests"] == "39", "\(outcome)")
    #expect(
      reader.attributes["testsuites"]?[0]["failures"] == "13" && reader.attributes["testsuites"]?[0]["errors"] == "1")
    #expect(reader.attributes["testsuite"]?.count == 14 && reader.attributes["testcase"]?.count == 39)
    #expect(reader.attributes["failure"]?.count == 13 && reader.attributes["error"]?.count == 1)
    #expect(
      reader.attributes["testcase"]?[0]["name"] == "first <step>" && reader.attributes["testcase"]?[0]["line"] == "4")
    #expect(
      reader.attributes["testcase"]?.allSatisfy { $0["time"]?.wholeMatch(of: /\d+\.\d{6}/) != nil } == true)
    #expect(reader.attributes["failure"]?[0]["message"] == #"outcome: expected "skip", found "wait""#)
  }

  @Test func `coverage reports lines that no case reached and why, and fails below the required value`() throws {
    let all = try usher("--coverage", "--min-coverage", "100")
    #expect(all.code == 0 && all.text.contains("Rules/p.lua  4 of 4"), "\(all)")
    let some = try usher("--filter", "first", "--coverage", "--min-coverage", "70")
    #expect(some.code == 1, "\(some)")
    #expect(
      some.text.contains("Rules/p.lua:4: not reached: the condition at line 3 was never true in 1 evaluation\n"),
      "\(some)")
    #expect(some.stderr.contains("66.6 % of lines and branches are reached; expected at least 70.0 %"), "\(some)")
    #expect(try usher("--filter", "first", "--min-coverage", "66").code == 0)
  }

  @Test func `coverage is written to files, and a tracefile can use standard output`() throws {
    let outcome = try usher("--coverage-format", "lcov", "--coverage-html", "c.html", "--lcov", "c.info")
    #expect(
      outcome.code == 0 && outcome.text.hasPrefix("TN:\nSF:Rules/p.lua\nFN:2,select\nFNDA:2,select\n"), "\(outcome)")
    #expect(try String(contentsOfFile: folder.file("c.info"), encoding: .utf8) == outcome.text)
    let page = try String(contentsOfFile: folder.file("c.html"), encoding: .utf8)
    #expect(
      page.contains("Coverage of 1 policy")
        && page.contains("return skip(&#39;&lt;later&gt; &amp; &quot;more&quot;&#39;)"))
    #expect(!page.contains("http://") || page.components(separatedBy: "http://").count == 2)
    #expect(try usher("--coverage-format", "lcov", "--format", "json").code == 64)
    #expect(try usher("--min-coverage", "101").code == 64 && usher("--jobs", "0").code == 64)
  }

  @Test func `watching runs again when a policy or a case changes, and ends with Ctrl-C`() throws {
    let process = try UsherProcess(["test", "--watch"], in: folder.path)
    try process.says("2 passed, 0 failed\nwaiting for changes")
    // The new file replaces the old one by a rename, like an editor's save.
    try folder.write("return { select = function() return skip('all') end }", to: "Rules/p.lua")
    try process.says("changed: Rules/p.lua\n1 passed, 1 failed")
    try folder.write("return {", to: "Rules/p_test.lua")
    try process.says("changed: Rules/p_test.lua\nusher: Rules/p_test.lua:1: ")
    try folder.write(
      "return { policy = 'p', cases = { { contact = { id = 'c' }, expect = { outcome = 'skip' } } } }",
      to: "Rules/p_test.lua")
    try process.says("1 passed, 0 failed\nwaiting")
    process.signal(SIGINT)
    let outcome = try process.end()
    #expect(outcome.code == 0, "\(outcome)")
    #expect(outcome.text.contains("expected \"wait\", found \"skip\""), "\(outcome)")
  }
}

/// Collects the contents of XML with the XML parser.
private final class XMLReader: NSObject, XMLParserDelegate {
  /// By element name, in order.
  private(set) var attributes: [String: [[String: String]]] = [:]

  func read(_ bytes: [UInt8]) -> Bool {
    let parser = XMLParser(data: Data(bytes))
    parser.delegate = self
    return parser.parse()
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) { self.attributes[name, default: []].append(attributes) }
}
