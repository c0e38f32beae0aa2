import ArgumentParser

/// The measures of `usher bench` that can be asked for one by one, in the order in which they are taken.
enum BenchMeasure: String, CaseIterable {
  case tenants, cycle, start, tools, decision, scoring, allocations, reloads, shadow
}

/// Names of measures with commas between them: `decision,scoring`.
struct MeasuresArgument: ExpressibleByArgument {
  let measures: Set<BenchMeasure>

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    measures = Set(parts.compactMap { BenchMeasure(rawValue: String($0)) })
    guard measures.count == parts.count else { return nil }
  }
}
