/// A tenant's shadow beside its live policies, over all the generations that it has been part of.
package struct ShadowReport: Equatable, Sendable {
  package struct Difference: Equatable, Sendable {
    package var kind: ShadowLedger.Kind
    package var decisions: Int

    package init(kind: ShadowLedger.Kind, decisions: Int) {
      (self.kind, self.decisions) = (kind, decisions)
    }
  }

  package struct Sample: Equatable, Sendable {
    package var at: Instant
    package var sample: ShadowLedger.Sample

    package init(at: Instant, sample: ShadowLedger.Sample) {
      (self.at, self.sample) = (at, sample)
    }
  }

  package var counts: ShadowLedger.Counts
  /// The most frequent first.
  package var differences: [Difference]
  /// The first ones.
  package var samples: [Sample]

  package init(counts: ShadowLedger.Counts, differences: [Difference], samples: [Sample]) {
    self.counts = counts
    self.differences = differences
    self.samples = samples
  }
}
