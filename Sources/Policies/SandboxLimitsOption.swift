import LuaSandbox

/// The limits of one decision, for callers that do not import the sandbox.
package struct SandboxLimitsOption: Equatable, Sendable {
  /// The limits in the interpreter's form.
  package let sandbox: SandboxLimits

  /// The sandbox's defaults.
  package static let standard = SandboxLimitsOption(sandbox: SandboxLimits())

  /// Virtual machine instructions, including the costs of library functions, for one call of a hook.
  package static func instructions(_ count: Int64) -> SandboxLimitsOption {
    SandboxLimitsOption(sandbox: SandboxLimits(instructions: count))
  }
}
