import LuaSandbox
import Policies

/// Interpreters for files of test cases: the vocabulary of policies, and a larger budget than a decision has.
enum CaseSandbox {
  /// An interpreter in which nothing was loaded. `memory`, in bytes, is the sandbox's own cap unless given. Throws a fault
  /// of kind `memory` when none can be made.
  static func open(file: String, memory: Int? = nil) throws(ScriptFault) -> Sandbox {
    var limits = SandboxLimits(instructions: 20_000_000, cpuMilliseconds: 5000)
    if let memory { limits.memory = memory }
    do {
      return try Sandbox(vocabulary: PolicyVocabulary.script, limits: limits, scriptName: file)
    } catch { throw ScriptFault(kind: .memory, message: "no interpreter could be made", line: nil, isSpent: true) }
  }
}
