import LuaSandbox
import LuaSyntax

/// Prepares a policy's source for the interpreter.
enum LoweredSource {
  /// The source with `#` and `^` replaced by calls, so that their results are the same in every process and on every
  /// machine. A source that cannot be parsed is returned unchanged with the error, because Lua may report it better.
  static func lowered(_ source: [UInt8]) -> (source: [UInt8], error: LuaSyntaxError?) {
    guard source.count <= PolicyCatalog.sourceMax else { return (source, nil) }
    do throws(LuaSyntaxError) {
      let calls = try OperatorCalls(source, length: SandboxOperators.length, power: SandboxOperators.power)
      return (calls.source, nil)
    } catch { return (source, error) }
  }
}
