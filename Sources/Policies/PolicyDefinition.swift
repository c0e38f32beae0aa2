import LuaSandbox
import Routing

/// A policy file combined with the parameters of one tenant: the revision with its digest, and what the file declares.
///
/// A value without an interpreter, shared by all tenants that use the file with the same parameters.
struct PolicyDefinition {
  let script: PolicyScript
  /// The name that the policy declares, or the file's name.
  let name: String
  let description: String?
  /// The parameters that the file declares, with their defaults, in file order.
  let declared: [Parameter]
  /// The values that the declared parameters may have.
  let ranges: ParameterRanges
  /// The contact counts at which a guard starts to apply; always met for a policy.
  let condition: GuardCondition
  let revision: PolicyRevision
  /// The policy's name and digest, as decisions refer to it.
  let origin: DecisionOrigin
  /// Reads the declarations that a loaded interpreter found in the file. `parameters` override the declared defaults.
  /// `digest` is the digest of a recorded revision, which also decides between 3 and 3.0; nil computes it. Throws for a parameter whose type differs from the
  /// declared one, or whose value is outside its range.
  init(
    _ script: PolicyScript, loadedIn sandbox: Sandbox, parameters: [Parameter], digest: String?
  ) throws(Fault) {
    self.script = script
    name = sandbox.scriptName ?? script.file
    description = sandbox.scriptDescription
    declared = sandbox.parameters.map { Parameter($0.name, $0.value.scalar) }
    ranges = try ParameterRanges(sandbox.ranges, declared: declared, source: script.source)
    var merged = try PolicyDefinition.merge(declared, with: parameters, within: ranges)
    if let digest {
      merged = RevisionDigest.parameters(in: digest, of: script.source, recorded: merged, declared: declared)
    }
    condition = try GuardCondition(sandbox.conditions, parameters: merged)
    revision = PolicyRevision(
      policy: script.file, digest: digest ?? RevisionDigest.digest(script.source, merged),
      source: String(decoding: script.source, as: UTF8.self), parameters: merged)
    origin = DecisionOrigin(policy: name, revision: revision.digest)
  }

  /// For an unusable file. The revision has no source, so that no later process uses it as the last good one. With
  /// `digest` nil the digest is one that no usable file can have.
  init(unusable script: PolicyScript, digest: String?) {
    self.script = script
    name = script.file
    description = nil
    declared = []
    ranges = ParameterRanges()
    condition = GuardCondition()
    let digest = digest ?? RevisionDigest.digest(ofUnusable: script.source)
    revision = PolicyRevision(policy: script.file, digest: digest, source: "", parameters: [])
    origin = DecisionOrigin(policy: name, revision: digest)
  }

  /// A new interpreter with the revision's parameters set. Throws the errors of `PolicyScript.load`, and a fault if the
  /// parameters exceed the memory cap.
  func makeInterpreter() throws(Fault) -> Sandbox {
    let sandbox = try script.load()
    try setParameters(in: sandbox)
    return sandbox
  }

  /// Sets the revision's parameters in an interpreter that has run the file.
  func setParameters(in sandbox: Sandbox) throws(Fault) {
    do {
      try sandbox.setParameters(revision.parameters.map { ($0.name, RowScalar(ranges.read($0).value)) })
    } catch {
      throw Fault(.memory, "the parameters need more memory than an interpreter may use", code: .parametersTooLarge)
    }
  }

  /// The declared defaults overridden by `given`, sorted by name. A declared parameter stays within its range, and
  /// without a range keeps its type.
  private static func merge(
    _ declared: [Parameter], with given: [Parameter], within ranges: ParameterRanges
  ) throws(Fault) -> [Parameter] {
    var merged = declared
    for parameter in given {
      guard let index = merged.firstIndex(where: { $0.name == parameter.name }) else {
        merged.append(parameter)
        continue
      }
      if let problem = ranges.problem(of: parameter) {
        throw Fault(.runtime, "params.\(parameter.name): \(problem.text)", code: .parameterOutOfRange)
      }
      guard ranges[parameter.name] != nil || parameter.value.kind == merged[index].value.kind else {
        throw Fault(
          .runtime,
          "params.\(parameter.name): expected \(merged[index].value.kind), found \(parameter.value.kind)",
          code: .wrongParameterType)
      }
      merged[index] = parameter
    }
    return merged.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}

extension Scalar {
  /// The type of the value in words; integers and other numbers are one type.
  package var kind: String {
    switch self {
    case .boolean: "a boolean"
    case .integer, .number: "a number"
    case .text: "text"
    }
  }
}

extension Fault {
  /// The fault to record for a fault of the interpreter; message and line are the same.
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
    self.init(kind, fault.message, line: fault.line, code: fault.code.flatMap(ReasonCode.init))
  }
}
