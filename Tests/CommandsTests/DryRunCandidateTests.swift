import Testing
import Wire

/// The forms of a candidate: files, names, lists, folders, parameters.
struct DryRunCandidateTests {
  private let store: TestStore

  init() throws {
    store = try TestStore.waiting()
    try store.folder.write(
      """
      return {
        params = { seconds = 60, share = 0.5, hurry = false, text = 'none' },
        select = function(contact, fleet)
          if params.hurry then return use(fleet[1], 'in a hurry') end
          return wait(params.text, params.seconds)
        end,
      }
      """, to: "new/hold.lua")
  }

  @discardableResult
  private func run(_ arguments: String..., code: Int32? = 2) throws -> UsherProcess.Outcome {
    let outcome = try UsherProcess.run(
      ["dry-run", "--store", store.path, "--at", Moment.ten, "--format", "json"] + arguments, in: store.folder.path)
    if let code { #expect(outcome.code == code, "\(outcome)") }
    return outcome
  }

  private func reasons(_ outcome: UsherProcess.Outcome) throws -> [String] {
    try outcome.json()["reasons"].items.filter { $0["after"] != 0 }.compactMap { $0["reason"].text }
  }

  @Test func `a folder supplies each tenant's policies, with the shipped ones as a fallback`() throws {
    #expect(try reasons(try run("--policy", "new", code: 0)) == ["none"])
    try store.add([.tenant("globex", policy: "least_loaded")])
    let report = try run("--policy", "new", "--param", "hurry=true", "--list", "changed").json()
    let outcomes = Dictionary(grouping: report.items) { $0["tenant"].text! }.mapValues {
      Set($0.map { $0["reason"].text! })
    }
    #expect(outcomes["acme"] == ["in a hurry"])
    #expect(outcomes["globex"] != ["in a hurry"])
  }

  @Test func `a list of policies is evaluated in order, and may be compared with a folder`() throws {
    try store.folder.write(
      "return { select = function(c) if c.step > 9 then return skip('late') end end }", to: "none.lua")
    #expect(try reasons(try run("--policy", "none.lua", "--policy", "hold", code: 0)) == ["not yet"])
    let report = try run("--policy", "hold", "--against", "new", "--tenant", "acme", code: 0).json()
    let lines = report["reasons"].items.map { [$0["reason"].text!, "\($0["before"].whole!)", "\($0["after"].whole!)"] }
    #expect(lines == [["none", "150", "0"], ["not yet", "0", "150"]])
  }

  @Test func `a folder combined with other policies, or without a tenant's policy, is rejected`() throws {
    #expect(try run("--policy", "new", "--policy", "hold", code: 1).stderr.contains("the folder new"))
    try store.folder.write("", to: "empty/nothing.txt")
    let outcome = try run("--policy", "empty", code: 1)
    #expect(outcome.stderr.contains("tenant 'acme'") && outcome.stderr.contains("'hold'"), "\(outcome)")
  }

  @Test(arguments: [
    ("seconds=90", "none"), ("share=0.25", "none"), ("text=later", "later"), ("text=12", "12"), ("text=a=b", "a=b"),
    ("hurry=true", "in a hurry"),
  ])
  func `a parameter must have the kind of its default`(parameter: String, reason: String) throws {
    let outcome = try run("--policy", "new", "--param", parameter, "--tenant", "acme", code: nil)
    #expect(try reasons(outcome) == [reason], "\(outcome)")
  }

  @Test(arguments: [
    ("second=90", "'second'; the nearest is 'seconds'"), ("zzz=1", "the policies declare hurry, seconds, share, text"),
    ("seconds=soon", "params.seconds: expected a number, found text"),
    ("seconds", "expected name=value, found 'seconds'"),
    ("=3", "expected name=value"),
  ])
  func `an undeclared parameter, or one of another kind, is rejected`(parameter: String, words: String) throws {
    let outcome = try run("--policy", "new", "--param", parameter, code: 1)
    #expect(outcome.stderr.contains(words), "\(outcome)")
  }

  @Test func `a parameter is not set for tenants whose policies do not declare it`() throws {
    try store.folder.write(TestStore.hold("held"), to: "new/other.lua")
    try store.add([.tenant("globex", policy: "other")])
    try store.folder.write(TestStore.hold("held"), to: "Rules/other.lua")
    try run("--policy", "new", "--param", "text=later", "--save", "p.plan", code: 0)
    let plan = try JSONParser.parse(try store.folder.contents("p.plan"))
    #expect(plan["changes"].items.map { $0["params"] } == [["text": "later"], [:]])
  }
}
