import LuaSandbox
import LuaSyntax
import Routing

/// The source of a policy or guard, with what an interpreter needs to run it.
struct PolicyScript {
  /// The name that the tenant lists it under; of a guard `guards/NAME`. Fault messages and revisions carry it.
  let file: String
  let source: [UInt8]
  let kind: PolicyKind
  var limits = SandboxLimits()

  /// A new interpreter that has run the file's chunk, never a hook. Costs a parse and a compilation. Throws the fault that
  /// makes the file unusable, with its line where one can be named.
  func load(probes: ScriptProbes? = nil) throws(Fault) -> Sandbox {
    let sandbox: Sandbox
    do {
      sandbox = try Sandbox(vocabulary: PolicyVocabulary.script(of: kind), limits: limits, scriptName: file)
      if let probes { try sandbox.open(probes) }
    } catch {
      throw Fault(
        .runtime,
        "no interpreter could be made: expected a Lua 5.4 library and memory, found \(Sandbox.luaVersion)")
    }
    let lowered = LoweredSource.lowered(source)
    do throws(ScriptFault) {
      try sandbox.load(lowered.source)
    } catch {
      var fault = Fault(error)
      // A fault in the shape of the table gets the table's line, if the file can be parsed that far.
      if fault.kind == .syntax, fault.line == nil, source.count <= PolicyCatalog.sourceMax { fault.line = lineOfTable }
      throw fault
    }
    // Lua accepted what our parser did not: the operators are still as they were written.
    if let error = lowered.error { throw Fault(.syntax, error.message, line: error.position.line) }
    return sandbox
  }

  /// Where the table that the file returns begins, or the end of a file that returns none.
  private var lineOfTable: Int? {
    guard let chunk = try? LuaParser.parse(source) else { return nil }
    return ReturnedTable(chunk, scope: ScopeAnalysis(chunk))?.range.start.line ?? chunk.block.range.end.line
  }
}
