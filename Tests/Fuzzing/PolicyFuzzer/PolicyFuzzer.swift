import LuaSandbox
import LuaSyntax
import Policies
import Routing
import Wire

/// One run of the fuzzer: the bytes are checked, compiled, loaded and asked to decide, as the source of a policy.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPolicy(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  PolicyTrial(source: Array(UnsafeBufferPointer(start: start, count: count))).run()
  return 0
}

/// What must hold of any bytes that somebody saves as a policy. Each break of a rule stops the program.
struct PolicyTrial {
  let source: [UInt8]

  /// Small, so that many inputs are tried in a second. Time is left to libFuzzer, whose `-timeout` ends the run with an
  /// input that stays long in C: the budget is what must stop a script here.
  static let limits = SandboxLimits(instructions: 10_000, memory: 256 << 10, cpuMilliseconds: 60_000)

  func run() {
    let parsed = Result { () throws(LuaSyntaxError) in try LuaParser.parse(source) }
    let check = PolicyCheck(file: "fuzz", source: source, limits: Self.limits)
    for finding in check.findings {
      rule(!finding.message.isEmpty, "a finding says something")
      rule((finding.line ?? 1) >= 1 && (finding.line ?? 1) <= lineCount, "a finding is on a line of the file")
    }
    runData()
    do throws(Fault) {
      let policy = try compile()
      if case .failure(let error) = parsed { stop("what loads must parse: \(error)") }
      decide(with: policy)
    } catch {
      rule(check.hasErrors, "what a check lets pass must load: \(error)")
      obey(error)
      compare(error, with: parsed)
    }
  }

  private func compile() throws(Fault) -> CompiledPolicy {
    try CompiledPolicy(file: "fuzz", source: source, limits: Self.limits)
  }

  /// Our parser refuses what Lua's compiler refuses, on the same line.
  private func compare(_ fault: Fault, with parsed: Result<Chunk, LuaSyntaxError>) {
    guard case .failure(let error) = parsed else { return }
    rule(![.runtime, .budget].contains(fault.kind), "what runs must parse: \(error) against \(fault)")
    // Some texts are refused before they come to the compiler, and too deep a nesting has no line.
    guard fault.kind == .syntax, let line = fault.line else { return }
    guard !source.contains(0), !source.contains("_ENV".utf8) else { return }
    rule(line == error.position.line, "both name one line: \(error) against \(fault)")
  }

  /// The same bytes as a file of test cases.
  private func runData() {
    guard let sandbox = try? Sandbox(vocabulary: PolicyVocabulary.script, limits: Self.limits, scriptName: "fuzz")
    else { stop("there is memory for an interpreter") }
    do throws(ScriptFault) {
      let json = try sandbox.loadData(source)
      // Text that is no UTF-8 is the one thing that JSON cannot say.
      let isText = String(validating: json, as: UTF8.self) != nil
      rule(!isText || (try? JSONParser.parse(json)) != nil, "what is written as JSON is JSON")
    } catch {
      rule(!error.message.isEmpty, "a fault says something")
    }
  }

  /// Decides for one contact after another. A decision is a function of its request: a fresh interpreter gives the same.
  private func decide(with policy: CompiledPolicy) {
    let decisions = Scene.contacts.map { Self.decision(of: policy, for: $0) }
    for decision in decisions { obey(decision) }
    _ = Evaluator(policies: [policy], fleet: Scene.fleet).enroll(Scene.lead, seed: 3)
    guard let last = decisions.last, let fresh = try? compile() else { stop("what compiled once compiles again") }
    let again = Self.decision(of: fresh, for: Scene.contacts[Scene.contacts.count - 1])
    // How much garbage there is when the cap is hit may differ.
    if last.fault?.kind == .memory || again.fault?.kind == .memory { return }
    rule(last == again, "nothing is kept from one decision to the next:\n\(last)\n\(again)")
  }

  private static func decision(of policy: CompiledPolicy, for contact: Contact) -> Decision {
    Evaluator(policies: [policy], fleet: Scene.fleet).decide(contact, seed: 7)
  }

  private func obey(_ decision: Decision) {
    rule(decision.instructions >= 0 && decision.instructions <= Self.limits.instructions + 256, "within the budget")
    rule(!decision.reason.isEmpty, "a decision has a reason")
    rule(decision.notes.count <= 16, "notes are bounded")
    for text in decision.notes { rule(isPlain(text), "a note is plain: \(text)") }
    switch decision.resolution {
    case .use(let device), .move(let device):
      rule(decision.fault == nil, "a fault chooses no device")
      rule(Scene.fleet.members.indices.contains(device), "the device is one of the fleet")
      rule(isPlain(decision.reason), "a reason is plain")
    case .wait(let until):
      let milliseconds = until.milliseconds - Scene.now.milliseconds
      rule(milliseconds >= 1000 && milliseconds <= 366 * 86_400_000, "a wait is one second to 366 days long")
    case .skip:
      rule(decision.fault == nil, "a fault does not skip")
    }
    if let fault = decision.fault {
      rule(decision.resolution == .wait(until: Scene.now.advanced(bySeconds: 60)), "after a fault a contact waits")
      obey(fault)
    }
  }

  private func obey(_ fault: Fault) {
    rule(!fault.message.isEmpty && isPlain(fault.message), "a fault says what is wrong: \(fault.message)")
    rule(fault.kind != .timeout, "the budget ends a script, not the time")
    rule((1...lineCount).contains(fault.line ?? 1), "a fault is on a line of the file: \(fault)")
  }

  /// At most what the sandbox takes in, and nothing that steers a terminal.
  private func isPlain(_ text: String) -> Bool { text.utf8.count <= 400 && terminalSafe(text) == text }

  /// Ends of lines as Lua counts them, never fewer.
  private var lineCount: Int { source.count(where: { $0 == 10 || $0 == 13 }) + 1 }

  private func rule(_ holds: Bool, _ text: @autoclosure () -> String) {
    if !holds { stop(text()) }
  }

  private func stop(_ text: String) -> Never { fatalError("broken rule: \(text)") }
}
