/// What a shadow came to beside the live policies, between two commits.
///
/// Not for use from two threads at a time.
package final class ShadowLedger {
  /// A verdict as it is compared and shown.
  package struct Verdict: Hashable, Sendable {
    package var outcome: Outcome
    package var device: DeviceID?
    package var reason: String

    package init(outcome: Outcome, device: DeviceID?, reason: String) {
      (self.outcome, self.device, self.reason) = (outcome, device, reason)
    }
  }

  /// How two verdicts differ.
  package struct Kind: Hashable, Sendable {
    package var liveOutcome: Outcome
    package var liveReason: String
    package var shadowOutcome: Outcome
    package var shadowReason: String

    package init(liveOutcome: Outcome, liveReason: String, shadowOutcome: Outcome, shadowReason: String) {
      (self.liveOutcome, self.liveReason) = (liveOutcome, liveReason)
      (self.shadowOutcome, self.shadowReason) = (shadowOutcome, shadowReason)
    }
  }

  /// One decision that differs.
  package struct Sample: Equatable, Sendable {
    package var contact: ContactID
    package var live: Verdict
    package var shadow: Verdict
    package var instructions: Int64

    package init(contact: ContactID, live: Verdict, shadow: Verdict, instructions: Int64) {
      (self.contact, self.live, self.shadow, self.instructions) = (contact, live, shadow, instructions)
    }
  }

  package struct Counts: Equatable, Sendable {
    /// Decisions of the live policies that the shadow was asked about too.
    package var compared = 0
    /// Of them, those with the same outcome and device.
    package var agreed = 0
    package var faults = 0
    package var liveFaults = 0
    /// Those that it was not asked about any more, since it had failed again and again.
    package var notAsked = 0
    package var instructions: Int64 = 0
    package var instructionsMax: Int64 = 0
    package var liveInstructions: Int64 = 0
    package var liveInstructionsMax: Int64 = 0

    package init() {}
  }

  /// How many kinds of differences are counted one by one between two commits, and in a generation.
  package static let kindsMax = 200
  /// How many decisions that differ are kept one by one, of a generation.
  package static let samplesMax = 200
  /// The reason that stands for all beyond `kindsMax`.
  package static let otherReasons = "(other reasons)"

  package private(set) var counts = Counts()
  package private(set) var kinds: [Kind: Int] = [:]
  package private(set) var samples: [Sample] = []

  package init() {}

  package var isEmpty: Bool { counts == Counts() }

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
    if kinds[kind] != nil || kinds.count < ShadowLedger.kindsMax {
      kinds[kind, default: 0] += 1
    } else {
      kinds[ShadowLedger.others(like: kind), default: 0] += 1
    }
    if samples.count < ShadowLedger.samplesMax {
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
