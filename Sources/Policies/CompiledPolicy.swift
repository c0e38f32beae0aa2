import LuaSandbox
import LuaSyntax
import Routing

/// A policy or guard that can be asked: a `PolicyDefinition` with an interpreter of its own.
///
/// Not for use from two threads at a time. One object serves one tenant, since it may be suspended for that tenant alone.
package final class CompiledPolicy {
  let definition: PolicyDefinition

  // No access to what is unchecked below overlaps another: hooks cannot call back into Swift, and the interpreter is
  // replaced only when no question is being answered.

  /// Nil for a file that cannot be used, and for a guard that was not asked yet.
  @exclusivity(unchecked) private var sandbox: Sandbox?
  /// `sandbox` while it is asked, not counted: nil too when the policy has a fixed answer.
  @exclusivity(unchecked) private var asked: Unmanaged<Sandbox>?
  /// It is one of several guards with the same revision, and was not asked yet.
  @exclusivity(unchecked) private var isUnloaded = false
  /// Nil while the policy is asked.
  @exclusivity(unchecked) private var fixed: FixedAnswer?
  /// Whether the interpreter has decided anything.
  @exclusivity(unchecked) private var wasAsked = false
  @exclusivity(unchecked) private var answers = AnswerTrace()

  /// For each field of a contact, in the order of the schema, false only when no hook can read it.
  ///
  /// Without a bracket in the code there is no `t[k]`, so a field is read by its name as it is written, and no function
  /// that scripts have reads fields by names made at run time.
  private(set) lazy var readContactFields: [Bool] = {
    let read = memberNames(in: definition.script.source)
    return PolicyVocabulary.contact.fields.map { read?.contains($0.name) ?? true }
  }()

  /// Compiles a policy and runs its chunk, never a hook. `parameters` go on top of the defaults that the file declares.
  /// Throws the fault that makes the file unusable.
  package convenience init(
    file: String, source: [UInt8], parameters: [Parameter] = [], limits: SandboxLimits = SandboxLimits(),
    kind: PolicyKind = .policy
  ) throws(Fault) {
    try self.init(PolicyScript(file: file, source: source, kind: kind, limits: limits), parameters: parameters)
  }

  /// A source that counts into `probes` where it passes. It decides as the source that it was made from, except that the
  /// counting uses up part of its budget.
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

  /// Stands for a file that cannot be used: each contact that it is asked about waits with the fault.
  package convenience init(broken fault: Fault, file: String, source: [UInt8], kind: PolicyKind = .policy) {
    self.init(broken: fault, PolicyScript(file: file, source: source, kind: kind))
  }

  private init(broken fault: Fault, _ script: PolicyScript, digest: String? = nil) {
    definition = PolicyDefinition(unusable: script, digest: digest)
    fixed = .unusable(fault)
  }

  /// The policy of a file as it is, or one that answers with the fault of the file.
  package static func orBroken(
    _ entry: PolicyCatalog.Entry, parameters: [Parameter], kind: PolicyKind = .policy
  ) -> CompiledPolicy {
    do throws(Fault) {
      return try CompiledPolicy(file: entry.name, source: entry.source, parameters: parameters, kind: kind)
    } catch { return CompiledPolicy(broken: error, file: entry.name, source: entry.source, kind: kind) }
  }

  /// The policy of a revision on record under the digest that this engine computes, or one that answers with its fault.
  package static func orBroken(_ revision: PolicyRevision) -> CompiledPolicy { orBroken(revision, kind: .policy) }

  /// The same for a policy or a guard.
  package static func orBroken(_ revision: PolicyRevision, kind: PolicyKind) -> CompiledPolicy {
    let entry = PolicyCatalog.Entry(
      name: revision.policy, path: nil, source: Array(revision.source.utf8), cases: nil)
    return orBroken(entry, parameters: revision.parameters, kind: kind)
  }

  /// The policy of a revision on record, under the digest on record: to make its decisions again. The fault of a file that
  /// could not be used is on record with its decisions, see `answer(with:)`.
  package static func onRecord(_ revision: PolicyRevision, kind: PolicyKind = .policy) -> CompiledPolicy {
    let script = PolicyScript(file: revision.policy, source: Array(revision.source.utf8), kind: kind)
    do throws(Fault) {
      guard !script.source.isEmpty else { throw Fault(.syntax, "the policy cannot be used") }
      return try CompiledPolicy(script, parameters: revision.parameters, digest: revision.digest)
    } catch { return CompiledPolicy(broken: error, script, digest: revision.digest) }
  }

  /// The same guard for another tenant. Its interpreter is made when it is first asked: most guards never are, and there
  /// are as many as tenants.
  package func copy() -> CompiledPolicy { CompiledPolicy(copying: self) }

  private init(copying other: CompiledPolicy) {
    definition = other.definition
    isUnloaded = !other.isBroken
    // A file that cannot be used has nothing but its fault.
    fixed = isUnloaded ? nil : other.fixed
  }
}

// MARK: - What it is

extension CompiledPolicy {
  /// What the policy calls itself, or the name of its file.
  package var name: String { definition.name }
  /// The name that the tenant lists it under; of a guard `guards/NAME`.
  package var file: String { definition.script.file }
  /// Which of the two vocabularies the file is given.
  package var kind: PolicyKind { definition.script.kind }
  /// What the file says of itself in `description`.
  package var description: String? { definition.description }
  /// Source and parameters under one digest; without a source for a file that cannot be used.
  package var revision: PolicyRevision { definition.revision }
  /// How decisions name the policy: its name and its digest.
  package var origin: DecisionOrigin { definition.origin }
  /// The parameters that the file declares, with its own defaults.
  package var declared: [Parameter] { definition.declared }
  /// False when the digest on record is not the one that this engine computes for the same source and parameters.
  package var isOfThisEngine: Bool { definition.isOfThisEngine }
  /// The contact counts at which a guard starts to apply.
  var threshold: GuardThreshold { definition.threshold }

  /// Counts up when a change of the engine could change an answer: part of every revision's digest.
  package static var engineVersion: Int { PolicyDefinition.engineVersion }

  /// Whether the file declares a parameter of this name.
  package func declares(_ parameter: String) -> Bool { declared.contains { $0.name == parameter } }

  /// Whether the policy has the hook; false for a guard and for a file that cannot be used.
  package func hasHook(_ hook: PolicyVocabulary.Hook) -> Bool {
    kind == .policy && sandbox?.hasHook(hook.rawValue) ?? false
  }

  /// Whether its table declares the flag.
  package func declares(_ flag: PolicyVocabulary.Flag) -> Bool { sandbox?.hasFlag(flag.rawValue) ?? false }

  /// False only when no hook can read the attributes of a device: its source does not have the name.
  var readsDeviceAttributes: Bool { readContactFields[PolicyVocabulary.contact.index(of: "attributes")] }

  /// Whether the last decision was made over a copy of the fleet in Lua's own tables; for tests.
  var showedMirror: Bool { sandbox?.showedMirror ?? false }
}

// MARK: - Asking

extension CompiledPolicy {
  /// Asks a hook. The verdict is not admitted yet.
  func ask(_ hook: PolicyVocabulary.Hook, subject: RowTable, fleet: FleetView, seed: UInt64) -> PolicyAnswer {
    guard let asked else { return answerFixed() }
    let isFresh = !wasAsked
    wasAsked = true
    // `sandbox` keeps it for as long as this runs.
    return asked._withUnsafeGuaranteedRef { sandbox in
      let reply = sandbox.ask(
        hook: hook.rawValue, subject: subject, row: 0, set: fleet.table, now: fleet.now.milliseconds, seed: seed)
      switch reply {
      case .none: return answer(of: sandbox, .noOpinion, reason: "no policy had an opinion")
      case .verdict(let form, let member, let seconds):
        let verdict: Verdict =
          switch form {
          // Constructors that take a device refuse to be called without one.
          case PolicyVocabulary.Form.use.rawValue: .use(device: member!)
          case PolicyVocabulary.Form.move.rawValue: .move(device: member!)
          case PolicyVocabulary.Form.wait.rawValue: .wait(seconds: seconds)
          default: .skip
          }
        return answer(of: sandbox, verdict, reason: sandbox.reason ?? "no reason given")
      case .fault:
        return faulted(sandbox, wasFresh: isFresh) {
          ask(hook, subject: subject, fleet: fleet, seed: seed)
        }
      }
    }
  }

  /// Asks a guard about what the policies chose.
  func ask(about choice: RowTable, subject: RowTable, fleet: FleetView, seed: UInt64) -> PolicyAnswer {
    guard let asked else {
      return load() ? ask(about: choice, subject: subject, fleet: fleet, seed: seed) : answerFixed()
    }
    let isFresh = !wasAsked
    wasAsked = true
    // `sandbox` keeps it for as long as this runs.
    return asked._withUnsafeGuaranteedRef { sandbox in
      let reply = sandbox.ask(
        hook: 0, subject: subject, row: 0, object: choice, set: fleet.table, now: fleet.now.milliseconds, seed: seed)
      switch reply {
      case .none: return answer(of: sandbox, .noOpinion, reason: "")
      // Its vocabulary has no other verdict.
      case .verdict(_, _, let seconds):
        return answer(of: sandbox, .wait(seconds: seconds), reason: sandbox.reason ?? "no reason given")
      case .fault:
        return faulted(sandbox, wasFresh: isFresh) { ask(about: choice, subject: subject, fleet: fleet, seed: seed) }
      }
    }
  }

  /// The answer of a policy that is suspended, or whose file cannot be used.
  private func answerFixed() -> PolicyAnswer {
    guard let fixed else { preconditionFailure("a policy that is not asked has an answer") }
    answers.gaveFixedAnswer = true
    return fixed.answer
  }

  @inline(__always)
  private func answer(of sandbox: Sandbox, _ verdict: Verdict, reason: consuming String) -> PolicyAnswer {
    PolicyAnswer(
      verdict, reason: reason, instructions: sandbox.instructions,
      remarks: sandbox.hasNotes ? DecisionRemarks(fault: nil, notes: sandbox.notes) : nil)
  }

  @inline(never)
  private func faulted(_ sandbox: Sandbox, wasFresh: Bool, again: () -> PolicyAnswer) -> PolicyAnswer {
    let (fault, instructions, notes) = (sandbox.fault, sandbox.instructions, sandbox.notes)
    let answer = PolicyAnswer(fault: Fault(fault), instructions: instructions, notes: notes)
    answers.failure = answer
    guard fault.isSpent else { return answer }
    withExtendedLifetime(self.sandbox) { renew() }
    // How much an interpreter holds depends on what it decided before. The answer is that of one that has decided
    // nothing.
    guard fault.kind == .memory, !wasFresh, !wasAsked else { return answer }
    answers.failure = nil
    return again()
  }

  /// Makes the interpreter of a twin. False when there is none to make.
  private func load() -> Bool {
    guard isUnloaded, fixed == nil else { return false }
    isUnloaded = false
    do throws(Fault) { use(try definition.makeInterpreter()) } catch { fixed = .unusable(error) }
    return true
  }

  /// Replaces an interpreter that hit a limit; it is never repaired. The source compiled once, so it compiles again.
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

  /// Each contact that it is asked about waits with its fault.
  package var isBroken: Bool { sandbox == nil && !isUnloaded }

  /// When a contact is decided again whose policy is suspended.
  package static let suspendedRetrySeconds = 300.0

  /// From now on each contact waits, with this reason, and no hook is run. A new revision is a new object, which is asked.
  package func suspend(_ reason: String) { answer(with: .suspended(reason: reason)) }

  /// From now on this is the answer, and no hook is run; nil asks a policy again that can be asked.
  package func answer(with fixed: FixedAnswer?) {
    guard fixed != nil || !isBroken else { return }
    self.fixed = fixed
    asked = fixed == nil ? sandbox.map(Unmanaged.passUnretained) : nil
  }

  /// Where the interpreter writes what hooks read and query from now on; nil ends it. Setting it forgets `lastAnswer`.
  var trace: ScriptTrace? {
    get { answers.script }
    set {
      sandbox?.trace = newValue
      answers = AnswerTrace(script: newValue)
    }
  }

  /// The last answer since `trace` was set; nil when it was not asked.
  var lastAnswer: DecisionTrace.Asked? { answers.lastAnswer(of: origin, kind, fixed: fixed, in: sandbox) }
}
