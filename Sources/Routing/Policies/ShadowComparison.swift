/// The comparison of a shadow with the live policies since the last commit.
///
/// Not thread-safe.
package final class ShadowComparison {
  /// A verdict in the form in which it is compared and shown.
  package struct Verdict: Hashable, Sendable {
    /// After admission, as for a decision that takes effect.
    package var outcome: Outcome
    /// Set for `use` and `move`.
    package var device: DeviceID?
    /// The policy's reason.
    package var reason: String

    /// `device` must match the outcome.
    package init(outcome: Outcome, device: DeviceID?, reason: String) {
      (self.outcome, self.device, self.reason) = (outcome, device, reason)
    }
  }

  /// The way in which two verdicts differ.
  package struct Kind: Hashable, Sendable {
    /// The outcome that took effect.
    package var liveOutcome: Outcome
    /// The reason of the live side, or `otherReasons`.
    package var liveReason: String
    /// The outcome that the shadow would have had.
    package var shadowOutcome: Outcome
    /// The reason of the shadow, or `otherReasons`.
    package var shadowReason: String

    /// Devices are not part of it, so that one kind covers many decisions.
    package init(liveOutcome: Outcome, liveReason: String, shadowOutcome: Outcome, shadowReason: String) {
      (self.liveOutcome, self.liveReason) = (liveOutcome, liveReason)
      (self.shadowOutcome, self.shadowReason) = (shadowOutcome, shadowReason)
    }
  }

  /// One decision that differs.
  package struct Sample: Equatable, Sendable {
    /// The contact that both decided about.
    package var contact: ContactID
    /// The verdict that took effect.
    package var live: Verdict
    /// The verdict of the shadow.
    package var shadow: Verdict
    /// Budget used by the shadow.
    package var instructions: Int64

    /// `live` and `shadow` must differ in outcome, device or waitlist.
    package init(contact: ContactID, live: Verdict, shadow: Verdict, instructions: Int64) {
      (self.contact, self.live, self.shadow, self.instructions) = (contact, live, shadow, instructions)
    }
  }

  /// Totals over all decisions, including those that agree.
  package struct Counts: Equatable, Sendable {
    /// Decisions of the live policies that the shadow evaluated too.
    package var compared = 0
    /// Compared decisions with the same outcome, device and waitlist.
    package var agreed = 0
    /// Compared decisions in which the shadow failed.
    package var faults = 0
    /// Compared decisions in which a live policy failed.
    package var liveFaults = 0
    /// Decisions that the shadow did not evaluate because it was suspended.
    package var notAsked = 0
    /// Budget used by the shadow over all compared decisions.
    package var instructions: Int64 = 0
    /// The most that the shadow used for one decision.
    package var instructionsMax: Int64 = 0
    /// Budget used by the live policies over the same decisions.
    package var liveInstructions: Int64 = 0
    /// The most that the live policies used for one decision.
    package var liveInstructionsMax: Int64 = 0

    /// All counts are zero.
    package init() {}
  }

  /// The maximum number of kinds counted separately, both between two commits and in a generation.
  package static let kindsMax = 200
  /// The maximum number of differing decisions kept per generation.
  package static let samplesMax = 200
  /// The reason used for all kinds beyond `kindsMax`.
  package static let otherReasons = "(other reasons)"

  /// Since the last `empty`.
  package private(set) var counts = Counts()
  /// The number of decisions of each kind of difference; at most `kindsMax` kinds, plus those with `otherReasons`.
  package private(set) var kinds: [Kind: Int] = [:]
  /// The first differing decisions since the last `empty`, in order; at most `samplesMax`.
  package private(set) var samples: [Sample] = []

  /// Starts without comparisons.
  package init() {}

  /// Whether nothing was added since the last `empty`, so that a commit has nothing to write.
  package var isEmpty: Bool { counts == Counts() }

  /// Counts a decision that a suspended shadow did not evaluate.
  package func addNotAsked() { counts.notAsked += 1 }

  /// Compares a decision with the shadow's decision over the same fleet.
  package func add(_ contact: ContactID, live: Decision, shadow: Decision, in fleet: Fleet) {
    counts.compared += 1
    if live.fault != nil { counts.liveFaults += 1 }
    if shadow.fault != nil { counts.faults += 1 }
    counts.instructions += shadow.instructions
    counts.instructionsMax = max(counts.instructionsMax, shadow.instructions)
    counts.liveInstructions += live.instructions
    counts.liveInstructionsMax = max(counts.liveInstructionsMax, live.instructions)
    if live.outcome == shadow.outcome, live.resolution.device == shadow.resolution.device,
      live.waitlist == shadow.waitlist
    {
      counts.agreed += 1
      return
    }
    let kind = Kind(
      liveOutcome: live.outcome, liveReason: ShadowComparison.reason(of: live), shadowOutcome: shadow.outcome,
      shadowReason: ShadowComparison.reason(of: shadow))
    if kinds[kind] != nil || kinds.count < ShadowComparison.kindsMax {
      kinds[kind, default: 0] += 1
    } else {
      kinds[ShadowComparison.others(like: kind), default: 0] += 1
    }
    if samples.count < ShadowComparison.samplesMax {
      let verdict = { (decision: Decision) in
        Verdict(
          outcome: decision.outcome, device: decision.resolution.device.map { fleet.members[$0].device.id },
          reason: ShadowComparison.reason(of: decision))
      }
      samples.append(
        Sample(contact: contact, live: verdict(live), shadow: verdict(shadow), instructions: shadow.instructions))
    }
  }

  /// The reason with the waitlist, so that two waits with the same reason can be told apart.
  private static func reason(of decision: Decision) -> String {
    decision.reason + (decision.waitlist.map { " (on the waitlist of \($0.text()))" } ?? "")
  }

  /// The kind that collects further differences with the same outcomes.
  package static func others(like kind: Kind) -> Kind {
    Kind(
      liveOutcome: kind.liveOutcome, liveReason: otherReasons, shadowOutcome: kind.shadowOutcome,
      shadowReason: otherReasons)
  }

  /// Clears everything, after a commit has recorded it.
  package func empty() {
    counts = Counts()
    kinds.removeAll(keepingCapacity: true)
    samples.removeAll(keepingCapacity: true)
  }
}
