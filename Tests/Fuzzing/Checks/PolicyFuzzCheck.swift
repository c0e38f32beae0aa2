import LuaSandbox
import LuaSyntax
import Policies
import PolicyLint
import Routing
import Wire

/// The rules for any bytes saved as a policy or as a guard.
package struct PolicyFuzzCheck: FuzzCheck {
  private let source: [UInt8]

  package init(_ bytes: [UInt8]) { source = bytes }

  /// Small, so that many inputs are tried per second. libFuzzer limits the time: its `-timeout` ends a run whose input
  /// stays in C too long. Here the budget must stop a script.
  static let limits = SandboxLimits(instructions: 10_000, memory: 256 << 10, cpuMilliseconds: 60_000)

  package func run() throws(BrokenRule) {
    let parsed = Result { () throws(LuaSyntaxError) in try LuaParser.parse(source) }
    let check = PolicyCheck(file: "fuzz", source: source, limits: Self.limits)
    for finding in check.findings {
      try rule(!finding.message.isEmpty, "a finding has a message")
      try rule((1...lineCount).contains(finding.line ?? 1), "a finding is on a line of the file")
    }
    let compiled = Result { () throws(Fault) in try compile(as: check.kind) }
    switch compiled {
    case .success(let policy):
      if case .failure(let error) = parsed { throw BrokenRule(description: "what loads must parse: \(error)") }
      try decide(with: policy)
    case .failure(let fault):
      try rule(check.hasErrors, "a source that passes the check must load: \(fault)")
      try obey(fault)
      try compare(fault, with: parsed)
    }
  }

  private func compile(as kind: PolicyKind) throws(Fault) -> CompiledPolicy {
    try CompiledPolicy(file: "fuzz", source: source, limits: Self.limits, kind: kind)
  }

  /// Our parser rejects what Lua's compiler rejects, at the same line.
  private func compare(_ fault: Fault, with parsed: Result<Chunk, LuaSyntaxError>) throws(BrokenRule) {
    guard case .failure(let error) = parsed else { return }
    try rule(![.runtime, .budget].contains(fault.kind), "a source that runs must parse: \(error) against \(fault)")
    // Some sources are rejected before the compiler sees them, and nesting that is too deep has no line.
    guard fault.kind == .syntax, let line = fault.line else { return }
    guard !source.contains(0), !source.contains("_ENV".utf8) else { return }
    try rule(line == error.position.line, "both errors have the same line: \(error) against \(fault)")
  }

  /// Decides for each contact. A decision is a function of its request: a fresh interpreter gives the same one.
  private func decide(with policy: CompiledPolicy) throws(BrokenRule) {
    let decisions = Scene.contacts.map { Self.decision(of: policy, for: $0) }
    for (decision, contact) in zip(decisions, Scene.contacts) {
      try obey(decision)
      if policy.kind == .guard { try obey(decision, asGuardOver: Scene.chosen(for: contact)) }
    }
    if policy.kind == .policy {
      _ = Evaluator(policies: [policy], fleet: Scene.fleet).enroll(Scene.lead, seed: 3)
    }
    guard let last = decisions.last, let fresh = try? compile(as: policy.kind) else {
      throw BrokenRule(description: "what compiled once compiles again")
    }
    let again = Self.decision(of: fresh, for: Scene.contacts[Scene.contacts.count - 1])
    // The amount of garbage when the cap is reached may differ.
    if last.fault?.kind == .memory || again.fault?.kind == .memory { return }
    try rule(last == again, "no state is kept between decisions:\n\(last)\n\(again)")
  }

  /// A policy's own decision; for a guard, the remaining decision after `Scene.chooser` has chosen.
  private static func decision(of policy: CompiledPolicy, for contact: Contact) -> Decision {
    let (policies, guards) = policy.kind == .guard ? ([Scene.chooser], [policy]) : ([policy], [])
    return Evaluator(policies: policies, guards: guards, fleet: Scene.fleet).decide(contact, seed: 7)
  }

  /// A guard makes the contact wait, or changes nothing.
  private func obey(_ decision: Decision, asGuardOver chosen: Decision) throws(BrokenRule) {
    guard decision.resolution != chosen.resolution else { return }
    try rule(decision.resolution.outcome == .wait, "a guard can only make a contact wait: \(decision)")
    try rule(chosen.resolution.outcome != .wait, "a guard is evaluated only for a chosen device: \(decision)")
  }

  private func obey(_ decision: Decision) throws(BrokenRule) {
    try rule(
      decision.instructions >= 0 && decision.instructions <= Scene.instructionsMax, "a decision stays within the budget"
    )
    try rule(!decision.reason.isEmpty, "a decision has a reason")
    try rule(decision.notes.count <= 32, "notes are bounded")
    for text in decision.notes { try rule(isPlain(text), "a note is short and printable: \(text)") }
    switch decision.resolution {
    case .use(let device), .move(let device):
      try rule(decision.fault == nil, "a fault chooses no device")
      try rule(Scene.fleet.members.indices.contains(device), "the device is one of the fleet")
      try rule(isPlain(decision.reason), "a reason is short and printable")
    case .wait(let until):
      let milliseconds = until.milliseconds - Scene.now.milliseconds
      try rule(milliseconds >= 1000 && milliseconds <= 366 * 86_400_000, "a wait is one second to 366 days long")
    case .skip:
      try rule(decision.fault == nil, "a fault does not skip")
    }
    if let fault = decision.fault {
      try rule(
        decision.resolution == .wait(until: Scene.now.advanced(bySeconds: 60)), "after a fault a contact waits")
      try obey(fault)
    }
  }

  private func obey(_ fault: Fault) throws(BrokenRule) {
    try rule(!fault.message.isEmpty && isPlain(fault.message), "a fault has a printable message: \(fault.message)")
    try rule(fault.kind != .timeout, "the budget stops a script, not the time limit")
    try rule((1...lineCount).contains(fault.line ?? 1), "a fault is on a line of the file: \(fault)")
  }

  /// At most as long as the sandbox allows, and without characters that control a terminal.
  private func isPlain(_ text: String) -> Bool { text.utf8.count <= 400 && terminalSafe(text) == text }

  /// The number of line ends as Lua counts them, or more.
  private var lineCount: Int { source.count(where: { $0 == 10 || $0 == 13 }) + 1 }
}

/// The same rules for sources that begin as guards: a separate target has its own corpus.
package struct GuardFuzzCheck: FuzzCheck {
  private let policy: PolicyFuzzCheck

  package init(_ bytes: [UInt8]) { policy = PolicyFuzzCheck(bytes) }

  package func run() throws(BrokenRule) { try policy.run() }
}
