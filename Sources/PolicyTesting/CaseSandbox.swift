import LuaSandbox
import Policies

/// Interpreters for case files: the vocabulary of policies, with a larger budget than a decision has.
enum CaseSandbox {
  /// A new interpreter. `memory` is in bytes; nil uses the sandbox's own cap. Throws a fault of kind `memory` if it
  /// cannot be created.
  static func open(file: String, memory: Int? = nil) throws(ScriptFault) -> Sandbox {
    var limits = SandboxLimits(instructions: 20_000_000, cpuMilliseconds: 5000)
    if let memory { limits.memory = memory }
    do {
      return try Sandbox(vocabulary: PolicyVocabulary.script, limits: limits, scriptName: file)
    } catch {
      throw ScriptFault(
        kind: .memory, message: "no interpreter could be started", line: nil, isSpent: true, code: "no_interpreter")
    }
  }
}
