import LuaSandbox

/// How much a decision may use, for those who do not know the sandbox.
package struct SandboxLimitsOption: Equatable, Sendable {
  /// The limits as the interpreter takes them.
  package let sandbox: SandboxLimits

  /// The sandbox's own defaults, which apply unless a caller gives others.
  package static let standard = SandboxLimitsOption(sandbox: SandboxLimits())

  /// Virtual machine instructions and charges for one call of a hook.
  package static func instructions(_ count: Int64) -> SandboxLimitsOption {
    SandboxLimitsOption(sandbox: SandboxLimits(instructions: count))
  }
}
