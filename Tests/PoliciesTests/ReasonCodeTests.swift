import LuaSandbox
import Policies
import Routing
import Testing
import Wire

/// Texts of Usher's own have codes, and no script can give one to a text that it wrote.
struct ReasonCodeTests {
  private static let request = #"{"contact":{"id":"c1","tags":["vip"]},"devices":[{"id":"D1"}]}"#

  private func decide(_ body: String, times: Int = 1) throws -> Decision {
    let source = "return { select = function(contact, fleet) \(body) end }"
    let request = try DecideRequest(json: JSONParser.parse(Array(Self.request.utf8)))
    let policy = try CompiledPolicy(file: "p", source: Array(source.utf8))
    for _ in 1..<times { _ = DecideAnswer(request, policies: [policy]) }
    return DecideAnswer(request, policies: [policy]).decision
  }

  @Test func `each code of the sandbox is a code of a reason`() {
    #expect(Sandbox.codes.count > 30)
    for code in Sandbox.codes { #expect(ReasonCode(rawValue: code) != nil, "\(code)") }
  }

  @Test(arguments: [
    ("return nil", ReasonCode.noOpinion), ("return wait()", .noReason), ("return contact.devise", .unknownField),
    ("return contact[1]", .fieldNotAName), ("return ues('D1')", .unknownGlobal),
    ("return string.up('x')", .unknownMember),
    ("return os", .unavailableName), ("contact.name = 'x'", .readOnly), ("return wait('x', 'y')", .invalidSeconds),
    ("return wait({})", .invalidReason), ("return 'D1'", .notAVerdict), ("return use(nil, 'x')", .notADevice),
    ("return use('X9', 'x')", .deviceOfAnotherFleet), ("while true do end", .instructionBudget),
    ("return string.rep('x', 5000)", .memoryCap), ("return nil + 1", .luaError), ("return string.rep()", .luaError),
    ("error({})", .errorNotText), ("error('')", .errorWithoutMessage), ("return fleet.get('D1')", .callWithColon),
    ("return fleet:available({ tags = 'x' })", .unknownFilter), ("return #5", .invalidOperand),
    ("return split('a', '')", .invalidArgument), ("for _ = 1, 20 do wait('x') end", .tooManyVerdicts),
    ("for key in pairs({ [{}] = 1 }) do end", .keyWithoutOrder), ("return wait('x').device", .verdictHasNoFields),
    ("return contact.tags.vip", .listHasNoFields), ("return wait_for({ contact }, 'x')", .invalidWaitlist),
  ])
  func `what Usher says has a code`(body: String, code: ReasonCode) throws {
    let decision = try decide(body)
    #expect(decision.code == code, "\(body): \(decision.reason)")
    #expect(decision.fault?.code == (decision.fault == nil ? nil : code))
  }

  @Test(arguments: [
    "return wait('no policy had an opinion')", "return wait('no reason given', 5)", "error('a contact has no field')",
    "error('the memory limit is exceeded', 0)", "assert(false, 'there is no global x')", "assert(nil, 'x')",
    "assert(false)", "local f = error f('x')", "table.sort({ 1, 2 }, function() error('x') end)",
    "local _, text = pcall(function() return contact.devise end) return wait(text)",
    "local _, text = pcall(function() return contact.devise end) error('once more: ' .. text)",
    "pcall(function() return contact.devise end) error('a contact has no field')",
    "local a, b = 'there is no ', \"global 'ues'\" pcall(function() return ves end) error(a .. b)",
  ])
  func `what a script says has none`(body: String) throws {
    let decision = try decide(body)
    #expect(decision.code == nil, "\(body): \(decision.reason)")
    #expect(decision.fault?.code == nil)
  }

  @Test func `a caught text that is raised again keeps its code, after any number of others`() throws {
    let again = "local _, text = pcall(function() return contact.devise end)"
    #expect(try decide("\(again) error(text, 0)").fault?.code == .unknownField)
    let many = "for n = 1, 30 do pcall(function() return contact['x' .. n] end) end \(again)"
    #expect(try decide("\(many) error(text, 0)").fault?.code == .unknownField)
    #expect(try decide("\(many) return contact.nmae").fault?.code == .unknownField)
  }

  @Test(arguments: [(1, true), (9, true), (15, true), (16, false), (29, false), (30, true)])
  func `the first 15 caught texts of a call and the last one are known`(place: Int, isKnown: Bool) throws {
    let decision = try decide(
      """
      local texts = {}
      for n = 1, 30 do
        local _, text = pcall(function() return contact['zz' .. n] end)
        texts[n] = text
      end
      return wait('because ' .. texts[\(place)])
      """)
    #expect(decision.reason.contains("'zz\(place)'"))
    #expect(decision.caught.map(\.code) == (isKnown ? [.unknownField] : []))
  }

  @Test func `caught texts are known where they stand in a reason or a note, and forgotten by the next call`() throws {
    let body = """
      local _, text = pcall(function() return contact.devise end)
      note('first: ' .. text)
      pcall(function() return ues end)
      return wait('because ' .. text)
      """
    let decision = try decide(body, times: 2)
    #expect(decision.caught.map(\.code) == [.unknownField])
    let text = try #require(decision.caught.first?.text)
    #expect(decision.reason.hasSuffix(text) && decision.notes[0].hasSuffix(text))
  }
}
