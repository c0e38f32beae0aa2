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

/// What a hook answered, before the core has admitted it. Devices are places in the fleet that was shown.
package enum Verdict: Equatable, Sendable {
  case use(device: Int, reason: String)
  case move(device: Int, reason: String)
  /// `seconds` nil: until a device could accept.
  case wait(reason: String, seconds: Double?)
  case skip(reason: String)
  case noOpinion
  case fault(Fault)
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

/// A verdict that was admitted, with what it takes to understand it later.
package struct Decision: Equatable, Sendable {
  package var resolution: Resolution
  package var reason: String
  /// The policy that gave the verdict, or the last one asked.
  package var policy: String
  /// `sha256:` and 64 hexadecimal digits.
  package var revision: String
  package var seed: UInt64
  /// What the policies used of their budget: virtual machine instructions and the charges of library functions.
  package var instructions: Int64
  package var fault: Fault?
  package var notes: [String]
  /// The earliest moment at which a device of the fleet could accept more; nil when one can now, or none is known.
  package var capacityAt: Instant?

  package init(
    resolution: Resolution, reason: String, policy: String, revision: String, seed: UInt64 = 0,
    instructions: Int64 = 0, fault: Fault? = nil, notes: [String] = [], capacityAt: Instant? = nil
  ) {
    self.resolution = resolution
    self.reason = reason
    self.policy = policy
    self.revision = revision
    self.seed = seed
    self.instructions = instructions
    self.fault = fault
    self.notes = notes
    self.capacityAt = capacityAt
  }

  package var outcome: Outcome { resolution.outcome }
}
