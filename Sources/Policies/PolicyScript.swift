import LuaSandbox
import LuaSyntax
import Routing

/// The source of a policy or guard, with the data that an interpreter needs to run it.
struct PolicyScript {
  /// The name in the tenant's list; `guards/NAME` for a guard. Used in fault messages and revisions.
  let file: String
  let source: [UInt8]
  let kind: PolicyKind
  var limits = SandboxLimits()

  /// A new interpreter that has run the file's chunk, but no hook. Costs a parse and a compilation. Throws the fault that
  /// makes the file unusable, with its line if one can be named.
  func load(probes: ScriptProbes? = nil) throws(Fault) -> Sandbox {
    let sandbox: Sandbox
    do {
      sandbox = try Sandbox(vocabulary: PolicyVocabulary.script(of: kind), limits: limits, scriptName: file)
      if let probes { try sandbox.open(probes) }
    } catch {
      throw Fault(
        .runtime,
        "no interpreter could be started: expected a Lua 5.4 library and memory, found \(Sandbox.luaVersion)",
        code: .noInterpreter)
    }
    let lowered = LoweredSource.lowered(source)
    do throws(ScriptFault) {
      try sandbox.load(lowered.source)
    } catch {
      var fault = Fault(error)
      if fault.code == .invalidRanges, fault.line == nil { fault.line = ParameterRanges.line(in: source) }
      // A fault in the returned table gets the table's line, if the file can be parsed that far.
      if fault.kind == .syntax, fault.line == nil, source.count <= PolicyCatalog.sourceMax { fault.line = lineOfTable }
      throw fault
    }
    // Lua accepted what our parser did not, so the source still contains the original operators.
    if let error = lowered.error { throw Fault(.syntax, error.message, line: error.position.line, code: .syntaxError) }
    return sandbox
  }

  /// The line where the returned table begins, or the last line of a file that returns no table.
  private var lineOfTable: Int? {
    guard let chunk = try? LuaParser.parse(source) else { return nil }
    return ReturnedTable(chunk, scope: ScopeAnalysis(chunk))?.range.start.line ?? chunk.block.range.end.line
  }
}
