import LuaSandbox
import LuaSyntax
import Routing

/// A policy or guard that can be evaluated: a `PolicyDefinition` with its own interpreter.
///
/// Not thread-safe. Each object serves one tenant, because a suspension applies to one tenant only.
package final class CompiledPolicy {
  let definition: PolicyDefinition

  // Accesses to the unchecked properties below never overlap: hooks cannot call back into Swift, and the interpreter is
  // replaced only between evaluations.

  /// Nil for an unusable file, and for a guard that has not been evaluated yet.
  @exclusivity(unchecked) private var sandbox: Sandbox?
  /// `sandbox` without a reference count; nil also if the policy has a fixed answer.
  @exclusivity(unchecked) private var asked: Unmanaged<Sandbox>?
  /// Whether this copy of a guard has no interpreter yet.
  @exclusivity(unchecked) private var isUnloaded = false
  /// The answer given without running the policy; nil if the policy runs.
  @exclusivity(unchecked) private var fixed: FixedAnswer?
  /// Whether the interpreter has run a hook.
  @exclusivity(unchecked) private var wasAsked = false
  @exclusivity(unchecked) private var answers = AnswerTrace()

  /// For each field of a contact, in schema order: false only if no hook can read it.
  ///
  /// Without a bracket in the source there is no `t[k]`, so every field is read by its literal name, and no function
  /// available to scripts reads fields by computed names.
  private(set) lazy var readContactFields: [Bool] = {
    let read = memberNames(in: definition.script.source)
    return PolicyVocabulary.contact.fields.map { read?.contains($0.name) ?? true }
  }()

  /// Compiles a policy and runs its chunk, never a hook. `parameters` override the defaults that the file declares.
  /// Throws the fault that makes the file unusable.
  package convenience init(
    file: String, source: [UInt8], parameters: [Parameter] = [], limits: SandboxLimits = SandboxLimits(),
    kind: PolicyKind = .policy
  ) throws(Fault) {
    try self.init(PolicyScript(file: file, source: source, kind: kind, limits: limits), parameters: parameters)
  }

  /// A source that increments `probes` as it runs. It decides like the source from which it was generated, except that
  /// counting uses part of its budget.
  package convenience init(
    file: String, counting source: [UInt8], into probes: ScriptProbes, parameters: [Parameter], limits: SandboxLimits,
    kind: PolicyKind
  ) throws(Fault) {
    try self.init(
      PolicyScript(file: file, source: source, kind: kind, limits: limits), parameters: parameters, probes: probes)
  }

  private init(
    _ script: PolicyScript, parameters: [Parameter], digest: String? = nil, probes: ScriptProbes? = nil
  ) throws(Fault) {
    let sandbox = try script.load(probes: probes)
    definition = try PolicyDefinition(script, loadedIn: sandbox, parameters: parameters, digest: digest)
    self.sandbox = sandbox
    asked = Unmanaged.passUnretained(sandbox)
    try definition.setParameters(in: sandbox)
  }

  /// Represents an unusable file: every contact waits with the fault.
  package convenience init(
    broken fault: Fault, file: String, source: [UInt8], kind: PolicyKind = .policy, recorded: PolicyRevision? = nil
  ) {
    let own = RevisionDigest.digest(ofUnusable: source)
    let digest = recorded.flatMap {
      $0.source.isEmpty && $0.digest != own && RevisionDigest.engine(in: $0.digest, ofUnusable: source) != nil
        ? $0.digest : nil
    }
    self.init(broken: fault, PolicyScript(file: file, source: source, kind: kind), digest: digest)
  }

  private init(broken fault: Fault, _ script: PolicyScript, digest: String? = nil) {
    definition = PolicyDefinition(unusable: script, digest: digest)
    fixed = .unusable(fault)
  }

  /// The policy of a current file, or one that answers with the file's fault.
  package static func orBroken(
    _ entry: PolicyCatalog.Entry, parameters: [Parameter], kind: PolicyKind = .policy
  ) -> CompiledPolicy {
    do throws(Fault) {
      return try CompiledPolicy(file: entry.name, source: entry.source, parameters: parameters, kind: kind)
    } catch { return CompiledPolicy(broken: error, file: entry.name, source: entry.source, kind: kind) }
  }

  /// Compiles a recorded revision and keeps its recorded digest. Throws the fault that makes it unusable.
  package convenience init(
    _ revision: PolicyRevision, limits: SandboxLimits = SandboxLimits(), kind: PolicyKind = .policy
  ) throws(Fault) {
    let source = Array(revision.source.utf8)
    guard !source.isEmpty else { throw Fault(.syntax, "the policy cannot be used", code: .policyUnusable) }
    try self.init(
      PolicyScript(file: revision.policy, source: source, kind: kind, limits: limits), parameters: revision.parameters,
      digest: revision.digest)
  }

  /// The policy of a recorded revision under its recorded digest, for replaying its decisions. The fault of an unusable
  /// file is recorded with its decisions; see `answer(with:)`.
  package static func onRecord(_ revision: PolicyRevision, kind: PolicyKind = .policy) -> CompiledPolicy {
    do throws(Fault) { return try CompiledPolicy(revision, kind: kind) } catch {
      let script = PolicyScript(file: revision.policy, source: Array(revision.source.utf8), kind: kind)
      return CompiledPolicy(broken: error, script, digest: revision.digest)
    }
  }

  /// The same guard for another tenant. Its interpreter is created on the first evaluation: most guards are never
  /// evaluated, and there is one copy per tenant.
  package func copy() -> CompiledPolicy { CompiledPolicy(copying: self) }

  private init(copying other: CompiledPolicy) {
    definition = other.definition
    isUnloaded = !other.isBroken
    // An unusable file has only its fault.
    fixed = isUnloaded ? nil : other.fixed
  }
}

// MARK: - Properties

extension CompiledPolicy {
  /// The name that the policy declares, or the file's name.
  package var name: String { definition.name }
  /// The name in the tenant's list; `guards/NAME` for a guard.
  package var file: String { definition.script.file }
  /// Determines the vocabulary of the file.
  package var kind: PolicyKind { definition.script.kind }
  /// The `description` that the file declares.
  package var description: String? { definition.description }
  /// Source and parameters with their digest; without a source for an unusable file.
  package var revision: PolicyRevision { definition.revision }
  /// The policy's name and digest, as decisions refer to it.
  package var origin: DecisionOrigin { definition.origin }
  /// The parameters that the file declares, with their defaults.
  package var declared: [Parameter] { definition.declared }
  /// The values that these parameters may have, as the file declares them.
  package var ranges: ParameterRanges { definition.ranges }
  /// The contact counts at which a guard starts to apply.
  var condition: GuardCondition { definition.condition }

  /// Whether the file declares a parameter of this name.
  package func declares(_ parameter: String) -> Bool { declared.contains { $0.name == parameter } }

  /// Whether the policy defines the hook; false for a guard and for an unusable file.
  package func hasHook(_ hook: PolicyVocabulary.Hook) -> Bool {
    kind == .policy && sandbox?.hasHook(hook.rawValue) ?? false
  }

  /// Whether the policy's table declares the flag.
  package func declares(_ flag: PolicyVocabulary.Flag) -> Bool { sandbox?.hasFlag(flag.rawValue) ?? false }

  /// False only if no hook can read the attributes of a device, because the source does not contain the name.
  var readsDeviceAttributes: Bool { readContactFields[PolicyVocabulary.contact.index(of: "attributes")] }

  /// Whether the last decision used a copy of the fleet in Lua tables; for tests.
  var showedMirror: Bool { sandbox?.showedMirror ?? false }
}

// MARK: - Evaluating

extension CompiledPolicy {
  /// Calls a hook. The verdict is not admitted yet.
  func ask(_ hook: PolicyVocabulary.Hook, subject: RowTable, fleet: FleetView, seed: UInt64) -> PolicyAnswer {
    guard let asked else { return answerFixed() }
    let isFresh = !wasAsked
    wasAsked = true
    // `sandbox` retains it while this runs.
    return asked._withUnsafeGuaranteedRef { sandbox in
      let reply = sandbox.ask(
        hook: hook.rawValue, subject: subject, row: 0, set: fleet.table, now: fleet.now.milliseconds, seed: seed)
      switch reply {
      case .none: return answer(of: sandbox, .noOpinion, reason: "no policy had an opinion", code: .noOpinion)
      case .verdict(let form, let member, let seconds):
        let verdict: Verdict =
          switch form {
          // The constructors of these verdicts require a device.
          case PolicyVocabulary.Form.use.rawValue: .use(device: member!)
          case PolicyVocabulary.Form.move.rawValue: .move(device: member!)
          case PolicyVocabulary.Form.wait.rawValue: .wait(seconds: seconds)
          case PolicyVocabulary.Form.waitFor.rawValue: .waitFor(WaitTarget(sandbox.target!), seconds: seconds)
          default: .skip
          }
        return answer(of: sandbox, verdict)
      case .fault:
        return faulted(sandbox, wasFresh: isFresh) {
          ask(hook, subject: subject, fleet: fleet, seed: seed)
        }
      }
    }
  }

  /// Calls a guard with the policies' choice.
  func ask(about choice: RowTable, subject: RowTable, fleet: FleetView, seed: UInt64) -> PolicyAnswer {
    guard let asked else {
      return load() ? ask(about: choice, subject: subject, fleet: fleet, seed: seed) : answerFixed()
    }
    let isFresh = !wasAsked
    wasAsked = true
    // `sandbox` retains it while this runs.
    return asked._withUnsafeGuaranteedRef { sandbox in
      let reply = sandbox.ask(
        hook: 0, subject: subject, row: 0, object: choice, set: fleet.table, now: fleet.now.milliseconds, seed: seed)
      switch reply {
      case .none: return answer(of: sandbox, .noOpinion, reason: "", code: nil)
      // A guard has no other verdict. It withholds a device that has capacity, so its wait is on no waitlist.
      case .verdict(_, _, let seconds):
        return answer(of: sandbox, .wait(seconds: seconds))
      case .fault:
        return faulted(sandbox, wasFresh: isFresh) { ask(about: choice, subject: subject, fleet: fleet, seed: seed) }
      }
    }
  }

  /// The answer of a suspended or unusable policy.
  private func answerFixed() -> PolicyAnswer {
    guard let fixed else { preconditionFailure("a policy that is not run has a fixed answer") }
    answers.gaveFixedAnswer = true
    return fixed.answer
  }

  @inline(__always)
  private func answer(of sandbox: Sandbox, _ verdict: Verdict) -> PolicyAnswer {
    guard let reason = sandbox.reason else {
      return answer(of: sandbox, verdict, reason: PolicyAnswer.noReason, code: .noReason)
    }
    return answer(of: sandbox, verdict, reason: reason, code: nil)
  }

  @inline(__always)
  private func answer(
    of sandbox: Sandbox, _ verdict: Verdict, reason: consuming String, code: ReasonCode?
  ) -> PolicyAnswer {
    let remarks = sandbox.hasNotes || sandbox.hasRaised ? remarks(of: sandbox, reason: reason) : nil
    return PolicyAnswer(verdict, reason: reason, code: code, instructions: sandbox.instructions, remarks: remarks)
  }

  /// Notes and caught texts, which few answers have. Nil if the script wrote no notes and neither notes nor reason
  /// contain a text that it caught.
  @inline(never)
  private func remarks(of sandbox: Sandbox, reason: String) -> DecisionRemarks? {
    let notes = sandbox.notes
    let caught = sandbox.caught(in: [reason] + notes)
    return notes.isEmpty && caught.isEmpty ? nil : DecisionRemarks(fault: nil, notes: notes, caught: caught)
  }

  @inline(never)
  private func faulted(_ sandbox: Sandbox, wasFresh: Bool, again: () -> PolicyAnswer) -> PolicyAnswer {
    let (fault, instructions, notes) = (sandbox.fault, sandbox.instructions, sandbox.notes)
    let answer = PolicyAnswer(
      fault: Fault(fault), instructions: instructions, notes: notes,
      caught: sandbox.caught(in: notes + (fault.code == nil ? [fault.message] : [])))
    answers.failure = answer
    guard fault.isSpent else { return answer }
    withExtendedLifetime(self.sandbox) { renew() }
    // An interpreter's memory use depends on its earlier decisions. The answer must be that of a fresh interpreter.
    guard fault.kind == .memory, !wasFresh, !wasAsked else { return answer }
    answers.failure = nil
    return again()
  }

  /// Creates the interpreter of a guard's copy. False if there is none to create.
  private func load() -> Bool {
    guard isUnloaded, fixed == nil else { return false }
    isUnloaded = false
    do throws(Fault) { use(try definition.makeInterpreter()) } catch { fixed = .unusable(error) }
    return true
  }

  /// Replaces an interpreter that exceeded a limit; interpreters are never repaired. The source has compiled before, so
  /// it compiles again.
  private func renew() {
    guard let fresh = try? definition.makeInterpreter() else { return }
    use(fresh)
    wasAsked = false
  }

  private func use(_ fresh: Sandbox) {
    fresh.trace = trace
    sandbox = fresh
    asked = Unmanaged.passUnretained(fresh)
  }

  /// Whether the file is unusable, so that every contact waits with its fault.
  package var isBroken: Bool { sandbox == nil && !isUnloaded }

  /// When a contact with a suspended policy is decided again; seconds.
  package static let suspendedRetrySeconds = 300.0

  /// From now on every contact waits with this reason, and no hook runs. A new revision is a new object, which runs.
  package func suspend(_ reason: String) { answer(with: .suspended(reason: reason)) }

  /// Sets the answer to give from now on without running a hook. Nil runs the policy again, if it is usable.
  package func answer(with fixed: FixedAnswer?) {
    guard fixed != nil || !isBroken else { return }
    self.fixed = fixed
    asked = fixed == nil ? sandbox.map(Unmanaged.passUnretained) : nil
  }

  /// Where the interpreter writes reads and queries of hooks; nil stops tracing. Setting it clears `lastAnswer`.
  var trace: ScriptTrace? {
    get { answers.script }
    set {
      sandbox?.trace = newValue
      answers = AnswerTrace(script: newValue)
    }
  }

  /// The last answer since `trace` was set; nil if the policy was not evaluated.
  var lastAnswer: DecisionTrace.Asked? { answers.lastAnswer(of: origin, kind, fixed: fixed, in: sandbox) }
}
