/// The result of a decision.
package enum Outcome: String, CaseIterable, Sendable {
  /// Queue on the device; the assignment stays.
  case use
  /// Queue on the device, and assign the contact to it from now on.
  case move
  /// Do nothing now; decide again later.
  case wait
  /// Skip this step.
  case skip
}

/// Why a policy's answer could not be used.
package struct Fault: Error, Equatable, Sendable {
  /// What went wrong. The raw values are those of the schema and of JSON.
  package enum Kind: String, CaseIterable, Sendable {
    case syntax, runtime, budget, memory, timeout, verdict, device
  }

  /// Determines what the operator can do about it: edit the file, raise a limit, or wait.
  package var kind: Kind
  /// For the policy's author, without the line number.
  package var message: String
  /// The line of the policy file, from 1; nil if no line can be named.
  package var line: Int?
  /// The code of the message; nil if a script wrote it.
  package var code: ReasonCode?
  /// The contact, and the value that the script is likely to have failed on; nil if nobody looked for it. It follows the
  /// message in the decision's reason, after `causeSeparator`.
  package var cause: String?

  /// Between a fault's message and its cause.
  package static let causeSeparator = ": "
  /// The length of a text in a cause, in Unicode scalars; the rest is left out.
  package static let causeValueMax = 60

  /// How the cause in a reason begins.
  private static let causeStarts = ["contact", "lead"].flatMap {
    ["\(causeSeparator)\($0).", "\(causeSeparator)\($0) "]
  }

  /// A reason without the cause of its fault, so that reports have one line for all contacts with the same fault. Others are
  /// returned unchanged.
  package static func withoutCause(_ reason: String, _ code: ReasonCode?) -> String {
    // A message that a script wrote has no code.
    guard code != nil || Kind.allCases.contains(where: { reason.hasPrefix("\($0.rawValue) fault in ") }) else {
      return reason
    }
    var starts = causeStarts.compactMap { reason.firstRange(of: $0)?.lowerBound }
    if let device = reason.firstRange(of: " of device ") {
      let name = reason[..<device.lowerBound].ranges(of: causeSeparator).last
      if let name, !reason[name.upperBound..<device.lowerBound].contains(" ") { starts.append(name.lowerBound) }
    }
    return starts.min().map { String(reason[..<$0]) } ?? reason
  }

  /// Without `line`, the fault is not tied to a line of the file.
  package init(_ kind: Kind, _ message: String, line: Int? = nil, code: ReasonCode? = nil) {
    (self.kind, self.message, self.line, self.code) = (kind, message, line, code)
  }
}

/// What a hook chose, before admission. Devices are indices in the fleet that the policy saw.
package enum Verdict: Equatable, Sendable {
  case use(device: Int)
  case move(device: Int)
  /// `seconds` is nil to wait until a device can accept a message.
  case wait(seconds: Double?)
  /// `seconds` is nil for `Admission.waitlistSeconds`.
  case waitFor(WaitTarget, seconds: Double?)
  case skip
  case noOpinion
}

/// The result of an admitted decision. A device is an index in the fleet that the policy saw.
package enum Resolution: Equatable, Sendable {
  case use(device: Int)
  case move(device: Int)
  case wait(until: Instant)
  case skip

  /// The outcome as it is recorded, without device and time.
  package var outcome: Outcome {
    switch self {
    case .use: .use
    case .move: .move
    case .wait: .wait
    case .skip: .skip
    }
  }

  /// An index in the fleet that the policy saw; nil for `wait` and `skip`.
  package var device: Int? {
    switch self {
    case .use(let device), .move(let device): device
    case .wait, .skip: nil
    }
  }
}

/// A policy's choice that a guard replaced with a wait.
package struct NarrowedChoice: Equatable, Sendable {
  /// The policy that chose. The guard is the origin of the decision.
  package let origin: DecisionOrigin
  /// `use` or `move`.
  package let outcome: Outcome
  /// An index in the fleet that the policy saw.
  package let device: Int
  /// The row key of the same device, for the record.
  package let deviceKey: DeviceKey
  /// The choosing policy's reason.
  package let reason: String
  /// The code of the reason; nil if the policy wrote it.
  package let code: ReasonCode?

  /// `device` and `deviceKey` must refer to the same member.
  package init(
    origin: DecisionOrigin, outcome: Outcome, device: Int, deviceKey: DeviceKey, reason: String,
    code: ReasonCode? = nil
  ) {
    (self.origin, self.outcome, self.device, self.reason) = (origin, outcome, device, reason)
    (self.deviceKey, self.code) = (deviceKey, code)
  }
}

/// The parts of a decision that few decisions have.
package final class DecisionRemarks: Equatable, Sendable {
  /// The policy's fault, which made the contact wait; nil for most decisions.
  package let fault: Fault?
  /// The policies' notes, in order.
  package let notes: [String]
  /// Set if a guard replaced a choice with a wait.
  package let narrowed: NarrowedChoice?
  /// The guards that answered without a fault, in evaluation order.
  package let guards: [DecisionOrigin]
  /// Usher's own error texts that a script caught and put into the reason, a note or the overruled choice's reason.
  package let caught: [CaughtText]

  /// Create it only if one of the parts is present; most decisions have no remarks.
  package init(
    fault: Fault?, notes: [String], narrowed: NarrowedChoice? = nil, guards: [DecisionOrigin] = [],
    caught: [CaughtText] = []
  ) {
    (self.fault, self.notes, self.narrowed, self.guards) = (fault, notes, narrowed, guards)
    self.caught = caught
  }

  package static func == (left: DecisionRemarks, right: DecisionRemarks) -> Bool {
    left.fault == right.fault && left.notes == right.notes && left.narrowed == right.narrowed
      && left.guards == right.guards && left.caught == right.caught
  }
}

/// An admitted verdict with the data needed to understand it later.
///
/// Kept small because a cycle makes up to a million of them: shared and rare parts are behind a reference.
package struct Decision: Equatable, Sendable {
  /// What happens to the contact, after admission and guards.
  package var resolution: Resolution
  /// The code of the reason; nil if a script wrote it.
  package var code: ReasonCode?
  /// The reason, for the record and for people; not yet shortened to the column's limit.
  package var reason: String
  /// The policy that decided, the guard that overruled it, or the last policy evaluated.
  package var origin: DecisionOrigin
  /// The seed of `random` in policies, derived from the contact, the step and the time.
  package var seed: UInt64
  /// Budget used: virtual machine instructions and the costs of library functions.
  package var instructions: Int64
  /// The earliest time at which a device of the fleet can accept more; nil if one can now, or if no time is known.
  package var capacityAt: Instant?
  /// What a contact that waits for capacity waits for; nil for other outcomes and for waits that only end at a time.
  package var waitlist: Waitlist?
  /// Set for a plain wait that was decided while no device could accept a message: when the contact is decided again at
  /// the latest. It stands on the waitlist of the fleet until then, although its answer names none.
  package var latestEnd: Instant?
  private let remarks: DecisionRemarks?

  /// By default without remarks and instructions, as for a wait without evaluating a policy.
  ///
  /// Inlined: a call would copy the decision once more, which costs a fifth of the time of a decision.
  @inline(__always)
  package init(
    resolution: Resolution, reason: String, code: ReasonCode? = nil, origin: DecisionOrigin, seed: UInt64,
    instructions: Int64 = 0, remarks: DecisionRemarks? = nil, capacityAt: Instant? = nil, waitlist: Waitlist? = nil,
    latestEnd: Instant? = nil
  ) {
    self.resolution = resolution
    self.code = code
    self.reason = reason
    self.origin = origin
    self.seed = seed
    self.instructions = instructions
    self.remarks = remarks
    self.capacityAt = capacityAt
    self.waitlist = waitlist
    self.latestEnd = latestEnd
  }

  /// The same decision with the cause of its fault, in the fault and at the end of the reason. It must have a fault.
  package func naming(cause: String) -> Decision {
    guard let remarks, var fault = remarks.fault else { preconditionFailure("only a fault has a cause") }
    fault.cause = cause
    return Decision(
      resolution: resolution, reason: reason + Fault.causeSeparator + cause, code: code, origin: origin, seed: seed,
      instructions: instructions,
      remarks: DecisionRemarks(
        fault: fault, notes: remarks.notes, narrowed: remarks.narrowed, guards: remarks.guards, caught: remarks.caught),
      capacityAt: capacityAt, waitlist: waitlist)
  }

  /// The outcome of the resolution.
  package var outcome: Outcome { resolution.outcome }
  /// The deciding policy's name in the tenant's list.
  package var policy: String { origin.policy }
  /// `sha256:` and 64 hexadecimal digits.
  package var revision: String { origin.revision }
  /// Why the policy failed; nil without a fault.
  package var fault: Fault? { remarks?.fault }
  /// The policies' notes, in order; empty for most decisions.
  package var notes: [String] { remarks?.notes ?? [] }
  /// Usher's own error texts that a script caught and put into a reason or a note; mostly empty.
  package var caught: [CaughtText] { remarks?.caught ?? [] }
  /// The choice that a guard replaced with this wait; the decision's origin is then the guard. Otherwise nil.
  package var narrowed: NarrowedChoice? { remarks?.narrowed }
  /// The guards that answered without a fault about the choice, in evaluation order. Empty for most decisions, and for
  /// decisions read from the store, which does not record them.
  package var guards: [DecisionOrigin] { remarks?.guards ?? [] }
}
