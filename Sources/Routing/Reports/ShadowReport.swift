/// A tenant's shadow beside its live policies, over all the generations that it has been part of.
package struct ShadowReport: Equatable, Sendable {
  /// Decisions that differ in the same way.
  package struct Difference: Equatable, Sendable {
    /// Both outcomes with their reasons.
    package var kind: ShadowComparison.Kind
    /// How many differ so.
    package var decisions: Int

    /// `decisions` is at least 1.
    package init(kind: ShadowComparison.Kind, decisions: Int) {
      (self.kind, self.decisions) = (kind, decisions)
    }
  }

  /// One decision that differs, with its time.
  package struct Sample: Equatable, Sendable {
    /// When the live side decided.
    package var at: Instant
    /// Both verdicts, as they were recorded.
    package var sample: ShadowComparison.Sample

    /// `at` is on record beside the sample, not in it.
    package init(at: Instant, sample: ShadowComparison.Sample) {
      (self.at, self.sample) = (at, sample)
    }
  }

  /// Sums over all generations.
  package var counts: ShadowComparison.Counts
  /// The most frequent first.
  package var differences: [Difference]
  /// The first ones.
  package var samples: [Sample]

  /// Lists must be in the orders that the fields state.
  package init(counts: ShadowComparison.Counts, differences: [Difference], samples: [Sample]) {
    self.counts = counts
    self.differences = differences
    self.samples = samples
  }
}
