import Policies
import Routing
import Synchronization

/// The ranges of parameters in the files of a catalog. Each file is read and compiled once.
final class CatalogRanges: ParameterRangeCheck {
  private let catalog: PolicyCatalog
  /// By name; guards with their folder.
  private let known = Mutex<[String: ParameterRanges]>([:])

  init(_ catalog: PolicyCatalog) { self.catalog = catalog }

  func problem(in parameters: [Parameter], ofPolicies names: [String]) -> ParameterRangeProblem? {
    for name in names {
      let ranges = ranges(of: name) { () throws(Fault) in try catalog.entry(named: name) }
      if let problem = problem(in: parameters, ranges, of: "policy '\(name)'") { return problem }
    }
    return nil
  }

  func problem(in parameters: [Parameter], ofGuard name: String) -> ParameterRangeProblem? {
    let ranges = ranges(of: PolicyCatalog.guardFolder + name, kind: .guard) { () throws(Fault) in
      try catalog.guardEntry(named: name)
    }
    return problem(in: parameters, ranges, of: "guard '\(name)'")
  }

  private func problem(
    in parameters: [Parameter], _ ranges: ParameterRanges, of file: String
  ) -> ParameterRangeProblem? {
    guard let problem = parameters.lazy.compactMap({ ranges.problem(of: $0) }).first else { return nil }
    return ParameterRangeProblem(
      name: problem.name, expected: "\(problem.expected) (\(file))", found: problem.found,
      hint: problem.hint)
  }

  private func ranges(
    of name: String, kind: PolicyKind = .policy, find: () throws(Fault) -> PolicyCatalog.Entry
  ) -> ParameterRanges {
    if let ranges = known.withLock({ $0[name] }) { return ranges }
    var ranges = ParameterRanges()
    if let entry = try? find(),
      let compiled = try? CompiledPolicy(file: entry.name, source: entry.source, kind: kind)
    {
      ranges = compiled.ranges
    }
    known.withLock { $0[name] = ranges }
    return ranges
  }
}
