/// What a decision comes to.
package enum Outcome: String, CaseIterable, Sendable {
  /// Queue on the device; the assignment stays.
  case use
  /// Queue on the device, and the contact belongs to it from now on.
  case move
  /// Nothing now; look again later.
  case wait
  /// Leave this step out.
  case skip
}

/// Why a policy's answer could not be used.
package struct Fault: Error, Equatable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    case syntax, runtime, budget, memory, timeout, verdict, device
  }

  package var kind: Kind
  package var message: String
  /// The line of the policy file, from 1; nil where none can be named.
  package var line: Int?

  package init(_ kind: Kind, _ message: String, line: Int? = nil) {
    (self.kind, self.message, self.line) = (kind, message, line)
  }
}

/// What a hook chose, before the core has admitted it. Devices are places in the fleet that was shown.
package enum Verdict: Equatable, Sendable {
  case use(device: Int)
  case move(device: Int)
  /// `seconds` nil: until a device could accept.
  case wait(seconds: Double?)
  case skip
  case noOpinion
}

/// Where an admitted decision leads. The device is a place in the fleet that was shown.
package enum Resolution: Equatable, Sendable {
  case use(device: Int)
  case move(device: Int)
  case wait(until: Instant)
  case skip

  package var outcome: Outcome {
    switch self {
    case .use: .use
    case .move: .move
    case .wait: .wait
    case .skip: .skip
    }
  }

  package var device: Int? {
    switch self {
    case .use(let device), .move(let device): device
    case .wait, .skip: nil
    }
  }
}

/// What the policies had chosen where a guard made the contact wait.
package struct NarrowedChoice: Equatable, Sendable {
  package let origin: DecisionOrigin
  /// `use` or `move`.
  package let outcome: Outcome
  /// A place in the fleet that was shown.
  package let device: Int
  package let deviceKey: DeviceKey
  package let reason: String

  package init(origin: DecisionOrigin, outcome: Outcome, device: Int, deviceKey: DeviceKey, reason: String) {
    (self.origin, self.outcome, self.device, self.reason) = (origin, outcome, device, reason)
    self.deviceKey = deviceKey
  }
}

/// What few decisions have.
package final class DecisionRemarks: Equatable, Sendable {
  package let fault: Fault?
  package let notes: [String]
  package let narrowed: NarrowedChoice?

  package init(fault: Fault?, notes: [String], narrowed: NarrowedChoice? = nil) {
    (self.fault, self.notes, self.narrowed) = (fault, notes, narrowed)
  }

  package static func == (left: DecisionRemarks, right: DecisionRemarks) -> Bool {
    left.fault == right.fault && left.notes == right.notes && left.narrowed == right.narrowed
  }
}

/// A verdict that was admitted, with what it takes to understand it later.
///
/// Made a million times in a row, so it is small: what it shares with others, and what it rarely has, is behind a
/// reference.
package struct Decision: Equatable, Sendable {
  package var resolution: Resolution
  package var reason: String
  package var origin: DecisionOrigin
  package var seed: UInt64
  /// What the policies used of their budget: virtual machine instructions and the charges of library functions.
  package var instructions: Int64
  /// The earliest moment at which a device of the fleet could accept more; nil when one can now, or none is known.
  package var capacityAt: Instant?
  private let remarks: DecisionRemarks?

  package init(
    resolution: Resolution, reason: String, origin: DecisionOrigin, seed: UInt64, instructions: Int64 = 0,
    remarks: DecisionRemarks? = nil, capacityAt: Instant? = nil
  ) {
    self.resolution = resolution
    self.reason = reason
    self.origin = origin
    self.seed = seed
    self.instructions = instructions
    self.remarks = remarks
    self.capacityAt = capacityAt
  }

  package var outcome: Outcome { resolution.outcome }
  package var policy: String { origin.policy }
  package var revision: String { origin.revision }
  package var fault: Fault? { remarks?.fault }
  package var notes: [String] { remarks?.notes ?? [] }
  /// What a guard turned into this wait; the decision's origin is the guard. Nil for all others.
  package var narrowed: NarrowedChoice? { remarks?.narrowed }
}
