import CLuaSandbox

/// The globals that a source calls in place of `#` and `^`.
///
/// Lua's `#t` of a table with gaps depends on the table's layout, which differs between processes, and its `^` on the C
/// library, which differs between machines. The results of these functions depend on their operands only.
package enum SandboxOperators {
  /// `__length(value)` for `#value`.
  package static let length = SANDBOX_OPERATOR_LENGTH
  /// `__power(base, exponent)` for `base ^ exponent`.
  package static let power = SANDBOX_OPERATOR_POWER
}
