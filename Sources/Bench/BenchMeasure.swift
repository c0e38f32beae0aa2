/// The measures of `usher bench` that can be selected one by one, in the order in which they run.
package enum BenchMeasure: String, CaseIterable, Sendable {
  case tenants, cycle, start, tools, decision, scoring, allocations, reloads, shadow, waitlist
}
