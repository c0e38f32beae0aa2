/// What a shadow came to beside the live policies, between two commits.
///
/// Not for use from two threads at a time.
package final class ShadowComparison {
  /// A verdict as it is compared and shown.
  package struct Verdict: Hashable, Sendable {
    /// After admission, as for a decision that is acted on.
    package var outcome: Outcome
    /// Set for `use` and `move`.
    package var device: DeviceID?
    /// In the policy's words.
    package var reason: String

    /// `device` must suit the outcome.
    package init(outcome: Outcome, device: DeviceID?, reason: String) {
      (self.outcome, self.device, self.reason) = (outcome, device, reason)
    }
  }

  /// How two verdicts differ.
  package struct Kind: Hashable, Sendable {
    /// The outcome that was acted on.
    package var liveOutcome: Outcome
    /// The reason of the live side, or `otherReasons`.
    package var liveReason: String
    /// The outcome that the shadow would have had.
    package var shadowOutcome: Outcome
    /// The reason of the shadow's side, or `otherReasons`.
    package var shadowReason: String

    /// Devices are left out, so that one kind stands for many decisions.
    package init(liveOutcome: Outcome, liveReason: String, shadowOutcome: Outcome, shadowReason: String) {
      (self.liveOutcome, self.liveReason) = (liveOutcome, liveReason)
      (self.shadowOutcome, self.shadowReason) = (shadowOutcome, shadowReason)
    }
  }

  /// One decision that differs.
  package struct Sample: Equatable, Sendable {
    /// The contact that both decided for.
    package var contact: ContactID
    /// What was acted on.
    package var live: Verdict
    /// What the shadow would have done.
    package var shadow: Verdict
    /// Budget used by the shadow.
    package var instructions: Int64

    /// `live` and `shadow` must differ in outcome or device.
    package init(contact: ContactID, live: Verdict, shadow: Verdict, instructions: Int64) {
      (self.contact, self.live, self.shadow, self.instructions) = (contact, live, shadow, instructions)
    }
  }

  /// Sums over all decisions, those that agree included.
  package struct Counts: Equatable, Sendable {
    /// Decisions of the live policies that the shadow was asked about too.
    package var compared = 0
    /// Of them, those with the same outcome and device.
    package var agreed = 0
    /// Decisions for which the shadow failed.
    package var faults = 0
    /// Decisions for which a live policy failed.
    package var liveFaults = 0
    /// Those that it was not asked about any more, since it had failed again and again.
    package var notAsked = 0
    /// Budget used by the shadow, over all compared decisions.
    package var instructions: Int64 = 0
    /// The most that one of its decisions used.
    package var instructionsMax: Int64 = 0
    /// Budget used by the live policies over the same decisions.
    package var liveInstructions: Int64 = 0
    /// The most that one of theirs used.
    package var liveInstructionsMax: Int64 = 0

    /// Zeros.
    package init() {}
  }

  /// How many kinds of differences are counted one by one between two commits, and in a generation.
  package static let kindsMax = 200
  /// How many decisions that differ are kept one by one, of a generation.
  package static let samplesMax = 200
  /// The reason that stands for all beyond `kindsMax`.
  package static let otherReasons = "(other reasons)"

  /// Since the last `empty`.
  package private(set) var counts = Counts()
  /// How many decisions differ in each way; at most `kindsMax`, and those that stand for the rest.
  package private(set) var kinds: [Kind: Int] = [:]
  /// The first that differed since the last `empty`, in order; at most `samplesMax`.
  package private(set) var samples: [Sample] = []

  /// Nothing compared yet.
  package init() {}

  /// Whether nothing was added since the last `empty`: then a commit writes nothing.
  package var isEmpty: Bool { counts == Counts() }

  /// Counts a decision that a suspended shadow was not asked about.
  package func addNotAsked() { counts.notAsked += 1 }

  /// Compares what was decided with what the shadow would have decided, each over the same fleet.
  package func add(_ contact: ContactID, live: Decision, shadow: Decision, in fleet: Fleet) {
    counts.compared += 1
    if live.fault != nil { counts.liveFaults += 1 }
    if shadow.fault != nil { counts.faults += 1 }
    counts.instructions += shadow.instructions
    counts.instructionsMax = max(counts.instructionsMax, shadow.instructions)
    counts.liveInstructions += live.instructions
    counts.liveInstructionsMax = max(counts.liveInstructionsMax, live.instructions)
    if live.outcome == shadow.outcome, live.resolution.device == shadow.resolution.device {
      counts.agreed += 1
      return
    }
    let kind = Kind(
      liveOutcome: live.outcome, liveReason: live.reason, shadowOutcome: shadow.outcome, shadowReason: shadow.reason)
    if kinds[kind] != nil || kinds.count < ShadowComparison.kindsMax {
      kinds[kind, default: 0] += 1
    } else {
      kinds[ShadowComparison.others(like: kind), default: 0] += 1
    }
    if samples.count < ShadowComparison.samplesMax {
      let verdict = { (decision: Decision) in
        Verdict(
          outcome: decision.outcome, device: decision.resolution.device.map { fleet.members[$0].device.id },
          reason: decision.reason)
      }
      samples.append(
        Sample(contact: contact, live: verdict(live), shadow: verdict(shadow), instructions: shadow.instructions))
    }
  }

  /// The kind that stands for further ones of the same outcomes.
  package static func others(like kind: Kind) -> Kind {
    Kind(
      liveOutcome: kind.liveOutcome, liveReason: otherReasons, shadowOutcome: kind.shadowOutcome,
      shadowReason: otherReasons)
  }

  /// What was counted is on record.
  package func empty() {
    counts = Counts()
    kinds.removeAll(keepingCapacity: true)
    samples.removeAll(keepingCapacity: true)
  }
}
