import LuaSandbox
import LuaSyntax
import Routing

/// A policy's source, compiled, with the parameters of one tenant: what a revision names. A guard's too.
///
/// Not for use from two threads at a time.
package final class CompiledPolicy {
  /// What the policy calls itself, or the name of its file.
  package let name: String
  /// The name that the tenant lists it under; of a guard `guards/NAME`.
  package let file: String
  package let kind: PolicyKind
  /// From when on a guard is asked.
  let threshold: GuardThreshold
  package let description: String?
  package let revision: PolicyRevision
  /// How its decisions name it.
  package let origin: DecisionOrigin
  /// The parameters that the file declares, with its own defaults.
  package let declared: [Parameter]

  private let source: [UInt8]
  private let limits: SandboxLimits
  /// Nil for a file that cannot be used: each question is answered with its fault.
  // Replaced only when no question is being answered.
  @exclusivity(unchecked) private var sandbox: Sandbox?
  /// `sandbox` while it is asked, not counted: nil too when the policy is suspended.
  @exclusivity(unchecked) private var asked: Unmanaged<Sandbox>?
  /// It is one of several guards with the same revision, and was not asked yet.
  @exclusivity(unchecked) private var isUnloaded = false
  /// What is answered without running anything; nil while the policy is asked.
  @exclusivity(unchecked) private var silence: Silence?
  /// Whether the interpreter has decided anything.
  @exclusivity(unchecked) private var wasAsked = false

  /// Whether the revision's digest is the one that this engine, source and parameters have: it is not when a revision on
  /// record was made by another engine, or what is on record of it was changed.
  package let isOfThisEngine: Bool

  /// Why a policy is not asked.
  package enum Silence: Equatable, Sendable {
    /// Whoever asks waits, with this reason.
    case suspended(reason: String)
    /// The file cannot be used: whoever asks waits with its fault.
    case unusable(Fault)
  }

  /// What its hooks read and ask from now on is kept there; nil ends it.
  var trace: ScriptTrace? {
    didSet {
      sandbox?.trace = trace
      (failure, wasTurnedAway) = (nil, false)
    }
  }
  /// The last fault, with what belongs to it, since the trace was set.
  @exclusivity(unchecked) private var failure: PolicyAnswer?
  /// Whether it was asked, since then, while no hook of it runs.
  @exclusivity(unchecked) private var wasTurnedAway = false

  /// Counts up when a change of the engine could change an answer: part of every revision.
  package static let engineVersion = 3

  /// Compiles a policy and runs its chunk, never a hook. `parameters` go on top of the defaults that the file declares.
  /// Throws the fault that makes the file unusable.
  package convenience init(
    file: String, source: [UInt8], parameters: [Parameter] = [], limits: SandboxLimits = SandboxLimits(),
    kind: PolicyKind = .policy
  ) throws(Fault) {
    try self.init(file: file, source: source, parameters: parameters, limits: limits, kind: kind, digest: nil)
  }

  /// A source that counts where it comes by. It decides as the one that it was made of, but for what it uses of its
  /// budget.
  package convenience init(
    file: String, counting source: [UInt8], into probes: ScriptProbes, parameters: [Parameter], limits: SandboxLimits,
    kind: PolicyKind
  ) throws(Fault) {
    try self.init(
      file: file, source: source, parameters: parameters, limits: limits, kind: kind, digest: nil, probes: probes)
  }

  /// `digest` nil: worked out.
  private init(
    file: String, source: [UInt8], parameters: [Parameter], limits: SandboxLimits, kind: PolicyKind, digest: String?,
    probes: ScriptProbes? = nil
  ) throws(Fault) {
    self.file = file
    self.kind = kind
    self.source = source
    self.limits = limits
    let sandbox = try CompiledPolicy.interpreter(
      file: file, source: source, limits: limits, kind: kind, probes: probes)
    self.sandbox = sandbox
    asked = Unmanaged.passUnretained(sandbox)
    name = sandbox.scriptName ?? file
    description = sandbox.scriptDescription
    declared = sandbox.parameters.map { Parameter($0.name, $0.value.scalar) }
    let merged = try CompiledPolicy.merge(declared, with: parameters)
    threshold = try GuardThreshold(sandbox.conditions, parameters: merged)
    let own = CompiledPolicy.digest(source: source, parameters: merged)
    isOfThisEngine = digest == nil || digest == own
    revision = PolicyRevision(
      policy: file, digest: digest ?? own, source: String(decoding: source, as: UTF8.self), parameters: merged)
    origin = DecisionOrigin(policy: name, revision: revision.digest)
    try CompiledPolicy.set(merged, in: sandbox)
  }

  /// Stands for a file that cannot be used: every contact that it is asked about waits with the fault.
  ///
  /// Its revision is none that a file could have, and holds no source: on record it says that nothing decided, and no
  /// later process can take it for the last good one.
  package convenience init(broken fault: Fault, file: String, source: [UInt8], kind: PolicyKind = .policy) {
    let digest = CompiledPolicy.digest(source: Array("refused\n".utf8) + source, parameters: [])
    self.init(broken: fault, file: file, source: source, kind: kind, digest: digest)
  }

  private init(broken fault: Fault, file: String, source: [UInt8], kind: PolicyKind, digest: String) {
    self.file = file
    self.kind = kind
    self.source = source
    threshold = GuardThreshold()
    limits = SandboxLimits()
    sandbox = nil
    asked = nil
    silence = .unusable(fault)
    isOfThisEngine = true
    name = file
    description = nil
    declared = []
    revision = PolicyRevision(policy: file, digest: digest, source: "", parameters: [])
    origin = DecisionOrigin(policy: name, revision: revision.digest)
  }

  /// The policy of a file as it is, or one that answers with what is wrong with it.
  package static func orBroken(
    _ entry: PolicyCatalog.Entry, parameters: [Parameter], kind: PolicyKind = .policy
  ) -> CompiledPolicy {
    do throws(Fault) {
      return try CompiledPolicy(file: entry.name, source: entry.source, parameters: parameters, kind: kind)
    } catch { return CompiledPolicy(broken: error, file: entry.name, source: entry.source, kind: kind) }
  }

  /// The policy that a revision on record consists of.
  package static func orBroken(_ revision: PolicyRevision) -> CompiledPolicy { orBroken(revision, kind: .policy) }

  package static func orBroken(_ revision: PolicyRevision, kind: PolicyKind) -> CompiledPolicy {
    let entry = PolicyCatalog.Entry(
      name: revision.policy, path: nil, source: Array(revision.source.utf8), cases: nil)
    return orBroken(entry, parameters: revision.parameters, kind: kind)
  }

  /// The policy that a revision on record consists of, under the digest that is on record: to make its decisions again.
  /// What a file that could not be used was wrong with is on record with its decisions, see `answer(with:)`.
  package static func onRecord(_ revision: PolicyRevision, kind: PolicyKind = .policy) -> CompiledPolicy {
    let source = Array(revision.source.utf8)
    do throws(Fault) {
      guard !source.isEmpty else { throw Fault(.syntax, "the policy cannot be used") }
      return try CompiledPolicy(
        file: revision.policy, source: source, parameters: revision.parameters, limits: SandboxLimits(), kind: kind,
        digest: revision.digest)
    } catch {
      return CompiledPolicy(broken: error, file: revision.policy, source: source, kind: kind, digest: revision.digest)
    }
  }

  /// The same for another tenant. It has an interpreter of its own, which is made when it is asked first: most guards never
  /// are, and there are as many as tenants.
  package func twin() -> CompiledPolicy { CompiledPolicy(twinOf: self) }

  private init(twinOf other: CompiledPolicy) {
    (name, file, kind, description) = (other.name, other.file, other.kind, other.description)
    (threshold, revision, origin, declared) = (other.threshold, other.revision, other.origin, other.declared)
    (source, limits, isOfThisEngine) = (other.source, other.limits, other.isOfThisEngine)
    (sandbox, asked) = (nil, nil)
    isUnloaded = !other.isBroken
    // Of one that cannot be used what is wrong with it is all there is.
    silence = isUnloaded ? nil : other.silence
  }

  /// Makes the interpreter of a twin. False when there is nothing to be made.
  private func load() -> Bool {
    guard isUnloaded, silence == nil else { return false }
    isUnloaded = false
    do throws(Fault) {
      let fresh = try CompiledPolicy.interpreter(file: file, source: source, limits: limits, kind: kind)
      try CompiledPolicy.set(revision.parameters, in: fresh)
      fresh.trace = trace
      sandbox = fresh
      asked = Unmanaged.passUnretained(fresh)
    } catch { silence = .unusable(error) }
    return true
  }

  /// Every contact that it is asked about waits with its fault.
  package var isBroken: Bool { sandbox == nil && !isUnloaded }

  /// When a contact is looked at again whose policy is suspended.
  package static let suspendedRetrySeconds = 300.0

  /// From now on whoever asks waits, with this reason, and no hook is run. A new revision is a new object: it is asked.
  package func suspend(_ reason: String) { answer(with: .suspended(reason: reason)) }

  /// From now on this is the answer, and no hook is run; nil asks a policy again that can be asked.
  package func answer(with silence: Silence?) {
    guard silence != nil || !isBroken else { return }
    self.silence = silence
    asked = silence == nil ? sandbox.map(Unmanaged.passUnretained) : nil
  }

  package func declares(_ parameter: String) -> Bool { declared.contains { $0.name == parameter } }

  package func hasHook(_ hook: PolicyVocabulary.Hook) -> Bool {
    kind == .policy && sandbox?.hasHook(hook.rawValue) ?? false
  }

  /// Whether its table declares it.
  package func declares(_ flag: PolicyVocabulary.Flag) -> Bool { sandbox?.hasFlag(flag.rawValue) ?? false }

  /// For each field of a contact, in the order of the schema, false only when no hook can read it.
  ///
  /// Without a bracket in the code there is no `t[k]`, so a field is read by its name as it is written, and no function
  /// that scripts have reads fields by names made at run time.
  private(set) lazy var readContactFields: [Bool] = {
    let read = memberNames(in: source)
    return PolicyVocabulary.contact.fields.map { read?.contains($0.name) ?? true }
  }()

  /// Whether the last decision was made over a copy of the fleet in Lua's own tables; for tests.
  var showedMirror: Bool { sandbox?.showedMirror ?? false }

  /// Asks a hook. The verdict is not admitted yet.
  func ask(_ hook: PolicyVocabulary.Hook, subject: RowTable, fleet: FleetView, seed: UInt64) -> PolicyAnswer {
    guard let asked else { return turnAway() }
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
      return load() ? ask(about: choice, subject: subject, fleet: fleet, seed: seed) : turnAway()
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

  /// What is answered without running anything: the policy is suspended, or its file cannot be used.
  private func turnAway() -> PolicyAnswer {
    wasTurnedAway = true
    switch silence {
    case .suspended(let reason):
      return PolicyAnswer(
        .wait(seconds: CompiledPolicy.suspendedRetrySeconds), reason: reason, instructions: 0, remarks: nil)
    case .unusable(let fault): return PolicyAnswer(fault: fault)
    case nil: preconditionFailure("a policy that is not asked has an answer")
    }
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
    failure = answer
    guard fault.isSpent else { return answer }
    withExtendedLifetime(self.sandbox) { renew() }
    // How much an interpreter holds depends on what it decided before. The answer is that of one that has decided
    // nothing.
    guard fault.kind == .memory, !wasFresh, !wasAsked else { return answer }
    failure = nil
    return again()
  }

  /// An interpreter that hit a limit is thrown away, never repaired. The source compiled once, so it compiles again.
  private func renew() {
    guard let fresh = try? CompiledPolicy.interpreter(file: file, source: source, limits: limits, kind: kind),
      (try? CompiledPolicy.set(revision.parameters, in: fresh)) != nil
    else { return }
    fresh.trace = trace
    sandbox = fresh
    asked = Unmanaged.passUnretained(fresh)
    wasAsked = false
  }

  /// What it answered when it was asked last since the trace was set; nil when it was not.
  var told: DecisionTrace.Asked? {
    if wasTurnedAway, let silence {
      let answer: DecisionTrace.Asked.Answer =
        switch silence {
        case .suspended: .suspended
        case .unusable(let fault): .fault(fault)
        }
      return .init(origin: origin, answer: answer, instructions: 0, notes: [])
    }
    guard let trace, trace.wasCalled, let sandbox else { return nil }
    if let failure {
      return .init(
        origin: origin, answer: .fault(failure.remarks!.fault!), instructions: failure.instructions,
        notes: failure.remarks!.notes)
    }
    let answer: DecisionTrace.Asked.Answer =
      switch sandbox.reply {
      case .verdict(_, _, let seconds) where kind == .guard: .verdict(.wait, seconds: seconds)
      case .verdict(let form, _, let seconds):
        .verdict(PolicyVocabulary.Form(rawValue: form)!.outcome, seconds: seconds)
      case .none: .noOpinion
      case .fault: .fault(Fault(sandbox.fault))
      }
    return .init(origin: origin, answer: answer, instructions: sandbox.instructions, notes: sandbox.notes)
  }

  private static func interpreter(
    file: String, source: [UInt8], limits: SandboxLimits, kind: PolicyKind, probes: ScriptProbes? = nil
  ) throws(Fault) -> Sandbox {
    let sandbox: Sandbox
    do {
      sandbox = try Sandbox(vocabulary: PolicyVocabulary.script(of: kind), limits: limits, scriptName: file)
      if let probes { try sandbox.open(probes) }
    } catch {
      throw Fault(
        .runtime,
        "no interpreter could be made: expected a Lua 5.4 library and memory, found \(Sandbox.luaVersion)")
    }
    let lowered = PolicySource.lowered(source)
    do throws(ScriptFault) {
      try sandbox.load(lowered.source)
    } catch {
      var fault = Fault(error)
      // What is wrong with the shape of the table has the table's line, where the file can be read that far.
      if fault.kind == .syntax, fault.line == nil, source.count <= PolicyCatalog.sourceMax {
        fault.line = lineOfTable(in: source)
      }
      throw fault
    }
    // Lua took what our parser did not: its operators were left as they are.
    if let error = lowered.error { throw Fault(.syntax, error.message, line: error.position.line) }
    return sandbox
  }

  /// Where the table that the file returns begins, or the end of a file that returns none.
  private static func lineOfTable(in source: [UInt8]) -> Int? {
    guard let chunk = try? LuaParser.parse(source) else { return nil }
    return ReturnedTable(chunk, scope: ScopeAnalysis(chunk))?.range.start.line ?? chunk.block.range.end.line
  }

  private static func set(_ parameters: [Parameter], in sandbox: Sandbox) throws(Fault) {
    do {
      try sandbox.setParameters(parameters.map { ($0.name, RowScalar($0.value)) })
    } catch { throw Fault(.memory, "the parameters do not fit into the memory cap") }
  }

  /// The declared defaults with `given` on top, sorted by name. A declared parameter keeps its kind.
  private static func merge(
    _ declared: [Parameter], with given: [Parameter]
  ) throws(Fault) -> [Parameter] {
    var merged = declared
    for parameter in given {
      guard let index = merged.firstIndex(where: { $0.name == parameter.name }) else {
        merged.append(parameter)
        continue
      }
      guard parameter.value.kind == merged[index].value.kind else {
        throw Fault(
          .runtime,
          "params.\(parameter.name): expected \(merged[index].value.kind), found \(parameter.value.kind)")
      }
      merged[index] = parameter
    }
    return merged.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Covers everything that can change an answer: engine, library, source, parameters.
  private static func digest(source: [UInt8], parameters: [Parameter]) -> String {
    var bytes = Array("usher engine \(engineVersion)\n\(Sandbox.luaVersion)\n\(source.count)\n".utf8)
    bytes += source
    for parameter in parameters {
      let value: String =
        switch parameter.value {
        case .boolean(let value): "boolean \(value)"
        case .integer(let value): "integer \(value)"
        case .number(let value): "number \(value.bitPattern)"
        case .text(let value): "text \(value.utf8.count) \(value)"
        }
      bytes += "\n\(parameter.name.utf8.count) \(parameter.name) \(value)".utf8
    }
    return Digest.sha256(bytes)
  }
}

extension Scalar {
  /// What kind of value it is, in words; whole and other numbers are one kind.
  package var kind: String {
    switch self {
    case .boolean: "a boolean"
    case .integer, .number: "a number"
    case .text: "text"
    }
  }
}

extension Fault {
  /// The fault that decisions record for one of the interpreter; message and line stay the same.
  package init(_ fault: ScriptFault) {
    let kind: Kind =
      switch fault.kind {
      case .syntax: .syntax
      case .runtime: .runtime
      case .budget: .budget
      case .memory: .memory
      case .timeout: .timeout
      case .verdict: .verdict
      case .member: .device
      }
    self.init(kind, fault.message, line: fault.line)
  }
}
