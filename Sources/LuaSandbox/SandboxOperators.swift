import CLuaSandbox

/// The globals that a source is to call where it says `#` and `^`.
///
/// Lua answers `#t` of a table with gaps from the table's layout, which differs from process to process, and `^` from the C
/// library, which differs from machine to machine. These two answer from their operands alone.
package enum SandboxOperators {
  /// `__length(value)` for `#value`.
  package static let length = SANDBOX_OPERATOR_LENGTH
  /// `__power(base, exponent)` for `base ^ exponent`.
  package static let power = SANDBOX_OPERATOR_POWER
}
