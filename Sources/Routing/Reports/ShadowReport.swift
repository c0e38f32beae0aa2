/// The comparison of a tenant's shadow with its live policies, over all generations of the shadow.
package struct ShadowReport: Equatable, Sendable {
  /// Decisions that differ in the same way.
  package struct Difference: Equatable, Sendable {
    /// Both outcomes with their reasons.
    package var kind: ShadowComparison.Kind
    /// The number of decisions.
    package var decisions: Int

    /// `decisions` is at least 1.
    package init(kind: ShadowComparison.Kind, decisions: Int) {
      (self.kind, self.decisions) = (kind, decisions)
    }
  }

  /// One differing decision, with its time.
  package struct Sample: Equatable, Sendable {
    /// When the live side decided.
    package var at: Instant
    /// Both verdicts, as they were recorded.
    package var sample: ShadowComparison.Sample

    /// `at` is recorded next to the sample, not in it.
    package init(at: Instant, sample: ShadowComparison.Sample) {
      (self.at, self.sample) = (at, sample)
    }
  }

  /// Totals over all generations.
  package var counts: ShadowComparison.Counts
  /// Most frequent first.
  package var differences: [Difference]
  /// The first differing decisions, in order.
  package var samples: [Sample]

  /// The lists must be in the order that their properties state.
  package init(counts: ShadowComparison.Counts, differences: [Difference], samples: [Sample]) {
    self.counts = counts
    self.differences = differences
    self.samples = samples
  }
}
