/// What the policies did to reach one decision, as the interpreter logged it. Devices are indices in the fleet that the
/// policies saw.
package struct DecisionTrace: Equatable, Sendable {
  /// One evaluated policy and its answer.
  package struct Asked: Equatable, Sendable {
    /// The answer of one policy, before admission.
    package enum Answer: Equatable, Sendable {
      /// `seconds` is the requested length of a wait.
      case verdict(Outcome, seconds: Double?)
      case noOpinion
      case fault(Fault)
      /// The policy had failed too often, so its hook was not run.
      case suspended
    }

    /// The revision that was evaluated.
    package let origin: DecisionOrigin
    /// A verdict ends the evaluation.
    package let answer: Answer
    /// Budget used by this policy.
    package let instructions: Int64
    /// This policy's notes, in order.
    package let notes: [String]

    /// One entry per policy, made when it has answered.
    package init(origin: DecisionOrigin, answer: Answer, instructions: Int64, notes: [String]) {
      (self.origin, self.answer, self.instructions, self.notes) = (origin, answer, instructions, notes)
    }
  }

  /// A value that a policy read; only the first read of each is kept.
  package struct Read: Equatable, Sendable {
    /// Whose field was read. A device is an index in the fleet.
    package enum Subject: Hashable, Sendable {
      case contact, fleet
      case device(Int)
    }

    /// The row that was read.
    package let subject: Subject
    /// A field, an entry of a field (`attributes.city`), or of the fleet `#fleet` and `fleet[3]`.
    package let name: String
    /// The value as text; nil if the script read nil.
    package let value: String?
    /// The device that the script obtained by this read.
    package let device: Int?

    /// `device` is set if the value is a device of the fleet.
    package init(_ subject: Subject, _ name: String, _ value: String?, device: Int? = nil) {
      (self.subject, self.name, self.value, self.device) = (subject, name, value, device)
    }
  }

  /// A query over the fleet.
  package struct Query: Equatable, Sendable {
    /// The function of `fleet` that was called, with its argument.
    package enum Kind: Equatable, Sendable {
      case get(id: String)
      case leastLoaded, firstAvailable, available
      case candidates(count: Int64)
      case hash(key: String)
    }

    /// The first condition of a filter that excluded a device.
    package enum Condition: String, Sendable { case tag, platform, except }

    /// A device that a filter excluded from a query.
    package struct LeftOut: Equatable, Sendable {
      /// An index in the fleet.
      package let device: Int
      /// The first condition that it failed.
      package let by: Condition
      /// Conditions after the first failed one are not evaluated.
      package init(device: Int, by: Condition) { (self.device, self.by) = (device, by) }
    }

    /// The function that was called.
    package let kind: Kind
    /// Only devices with this tag; nil without this condition.
    package let tag: String?
    /// Only devices of this platform; nil without this condition.
    package let platform: String?
    /// The index of the excluded device; nil if none was excluded.
    package let except: Int?
    /// The devices that it returned, in that order.
    package let found: [Int]
    /// The devices that could accept more but failed a condition.
    package let leftOut: [LeftOut]

    /// By default without conditions and results.
    package init(
      _ kind: Kind, tag: String? = nil, platform: String? = nil, except: Int? = nil, found: [Int] = [],
      leftOut: [LeftOut] = []
    ) {
      (self.kind, self.tag, self.platform, self.except) = (kind, tag, platform, except)
      (self.found, self.leftOut) = (found, leftOut)
    }
  }

  /// In evaluation order, up to the policy that gave a verdict; empty if no policy was evaluated.
  package let asked: [Asked]
  /// The reads of all evaluated policies, in order.
  package let reads: [Read]
  /// The queries of all evaluated policies, in order.
  package let queries: [Query]
  /// Whether there were more reads or queries than the trace can hold.
  package let isCut: Bool

  /// Empty by default, as when no policy was evaluated.
  package init(asked: [Asked] = [], reads: [Read] = [], queries: [Query] = [], isCut: Bool = false) {
    (self.asked, self.reads, self.queries, self.isCut) = (asked, reads, queries, isCut)
  }
}
