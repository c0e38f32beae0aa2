/// The measures of `usher bench` that can be asked for one by one, in the order in which they are taken.
package enum BenchMeasure: String, CaseIterable, Sendable {
  case tenants, cycle, start, tools, decision, scoring, allocations, reloads, shadow
}
