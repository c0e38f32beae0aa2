import LuaSandbox
import LuaSyntax

/// A policy's source as the interpreter is given it.
enum LoweredSource {
  /// The source with `#` and `^` as calls, so that their answers are the same in every process and on every machine. A
  /// source that cannot be parsed is given back as it is, with what is wrong: Lua may say it better.
  static func lowered(_ source: [UInt8]) -> (source: [UInt8], error: LuaSyntaxError?) {
    guard source.count <= PolicyCatalog.sourceMax else { return (source, nil) }
    do throws(LuaSyntaxError) {
      let calls = try OperatorCalls(source, length: SandboxOperators.length, power: SandboxOperators.power)
      return (calls.source, nil)
    } catch { return (source, error) }
  }
}
