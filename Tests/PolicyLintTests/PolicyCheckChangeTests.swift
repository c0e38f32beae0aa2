import LuaSandbox
import Policies
import PolicyTestKit
import Routing
import Testing

@testable import PolicyLint

/// Whatever is changed in a policy, the check ends, agrees with the sandbox, and makes nothing worse with its fixes.
struct PolicyCheckChangeTests {
  private static let pieces = [
    "end", "return", "local", "function", "then", "do", "if", "=", "==", "(", ")", "{", "}", ",", ".", ":", "'", "--",
    "[[",
    "\n", "contact", "fleet", "use", "nil", "1 / 0", "for _, d in ipairs(fleet) do", "goto a", "::a::",
    "-- check: ignore x",
  ].map { Array($0.utf8) }

  /// The source with one to three segments removed, moved or inserted.
  private static func changed(_ source: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var source = source
    for _ in 0...Int(random.next() % 3) {
      let place = Int(random.next() % UInt64(source.count))
      let end = min(source.count, place + 1 + Int(random.next() % 12))
      switch random.next() % 3 {
      case 0: source.removeSubrange(place..<end)
      case 1: source.insert(contentsOf: Array(source[place..<end]), at: Int(random.next() % UInt64(source.count)))
      default: source.insert(contentsOf: [0x20] + pieces[Int(random.next() % UInt64(pieces.count))] + [0x20], at: place)
      }
    }
    return source
  }

  @Test(arguments: ShippedPolicies.all.map(\.name), [1, 2] as [UInt64])
  func `the check refuses what the sandbox refuses, on the same line, and nothing else`(name: String, seed: UInt64)
    throws
  {
    let original = try #require(ShippedPolicies.source(of: name))
    var random = SeededRandom(seed: seed)
    for _ in 0..<60 {
      let source = Self.changed(original, &random)
      let text = String(decoding: source, as: UTF8.self)
      let check = PolicyCheck(file: name, source: source)
      let lines = source.count { $0 == 10 || $0 == 13 } + 1
      for finding in check.findings {
        #expect((1...lines).contains(finding.line ?? 1) && (finding.endLine ?? 1) <= lines, "\(text)")
        guard finding.column != nil else { continue }
        let (start, end) = ((finding.line ?? 0, finding.column ?? 0), (finding.endLine ?? 0, finding.endColumn ?? 0))
        #expect(start <= end, "\(text)")
      }
      do throws(Fault) {
        _ = try CompiledPolicy(file: name, source: source)
        #expect(!check.findings.contains { [.syntax, .doesNotLoad].contains($0.rule) }, "\(text)")
      } catch {
        #expect(check.hasErrors, "\(text)\n\(error)")
        if error.kind == .syntax, let line = error.line, let found = check.findings.first(where: { $0.rule == .syntax })
        {
          #expect(found.line == line, "\(text)\n\(error)")
        }
      }
      let fixedFile = PolicyCheck.FixedFile(file: name, source: source)
      guard !fixedFile.fixed.isEmpty else { continue }
      let after = PolicyCheck(file: name, source: fixedFile.source)
      #expect(!after.findings.contains { $0.rule == .syntax }, "\(text)")
      #expect(check.hasErrors || !after.hasErrors, "\(text)")
      #expect(PolicyCheck.FixedFile(file: name, source: fixedFile.source).fixed.isEmpty, "\(text)")
    }
  }

  @Test(arguments: ["(", "{", "f(", "function() return ", "not ", "a[", "do ", "if a then ", "for i = 1, 2 do "])
  func `deep nesting is refused quickly`(opening: String) {
    let nested = String(repeating: opening, count: 60_000 / opening.utf8.count)
    let isStatement = opening.hasSuffix("do ") || opening.hasSuffix("then ")
    let source = "return { select = function() \(isStatement ? "" : "local x = ")\(nested)"
    let check = PolicyCheck(file: "p", source: Array(source.utf8))
    #expect(check.findings.map(\.rule) == [.syntax])
    // Loops have hidden variables, and therefore reach that limit first.
    let limits = [
      "chunk has too many syntax levels", "too many local variables (limit is 200) in the function at line 1",
    ]
    #expect(limits.contains(check.findings.first?.message ?? ""), "\(check.findings)")
  }

  /// A file of the maximum size, full of code that is checked closely. Measured at 0.1 s in a release build.
  @Test(arguments: [
    "note(contact.devise) ", "note(fleet[1].status == 'x') ", "wiat('x') ", "use('D1') ",
    "do local a = 1 / #fleet end ",
    "if fleet[1].sent_hour < 80 and fleet[1].id == '' then note('x') end ", "x1 = 1 ",
    "-- check: ignore unused-local\n",
  ])
  func `a file of the largest size is checked`(statement: String) {
    let body = String(repeating: statement, count: 65_000 / statement.utf8.count)
    let clock = ContinuousClock()
    var check: PolicyCheck?
    let time = clock.measure {
      check = PolicyCheck(file: "p", source: Array("return { select = function(contact, fleet) \(body)\nend }".utf8))
    }
    #expect(check?.findings.count ?? 0 >= 65_000 / statement.utf8.count)
    // Far above the measured time, for slow machines and debug builds, and far below quadratic growth.
    #expect(time < .milliseconds(15 * TestSpeed.budgetMilliseconds), "\(time)")
  }
}
