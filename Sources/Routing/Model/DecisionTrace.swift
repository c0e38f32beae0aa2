/// What the policies did on the way to one decision, as the interpreter wrote it down. Devices are places in the fleet
/// that was shown.
package struct DecisionTrace: Equatable, Sendable {
  /// A policy that was asked, and what it answered.
  package struct Asked: Equatable, Sendable {
    /// What came back from one policy, before admission.
    package enum Answer: Equatable, Sendable {
      /// `seconds`: what a wait asked for.
      case verdict(Outcome, seconds: Double?)
      case noOpinion
      case fault(Fault)
      /// It failed too often, and no hook of it was run.
      case suspended
    }

    /// Which revision was asked.
    package let origin: DecisionOrigin
    /// A verdict ends the asking.
    package let answer: Answer
    /// Budget used by this policy alone.
    package let instructions: Int64
    /// What this policy noted, in order.
    package let notes: [String]

    /// One entry for each policy, written when it has answered.
    package init(origin: DecisionOrigin, answer: Answer, instructions: Int64, notes: [String]) {
      (self.origin, self.answer, self.instructions, self.notes) = (origin, answer, instructions, notes)
    }
  }

  /// Something that was read, the first time that it was.
  package struct Read: Equatable, Sendable {
    /// Whose field was read; a device is a place in the fleet.
    package enum Subject: Hashable, Sendable {
      case contact, fleet
      case device(Int)
    }

    /// The row that was read.
    package let subject: Subject
    /// A field, an entry of it (`attributes.city`), or of the fleet `#fleet` and `fleet[3]`.
    package let name: String
    /// In words; nil for nothing.
    package let value: String?
    /// The device that was come by in this way.
    package let device: Int?

    /// `device` is set when the value is a device of the fleet.
    package init(_ subject: Subject, _ name: String, _ value: String?, device: Int? = nil) {
      (self.subject, self.name, self.value, self.device) = (subject, name, value, device)
    }
  }

  /// A query over the fleet.
  package struct Query: Equatable, Sendable {
    /// The function of `fleet` that was called, with its own argument.
    package enum Kind: Equatable, Sendable {
      case get(id: String)
      case leastLoaded, firstAvailable, available
      case candidates(count: Int64)
      case hash(key: String)
    }

    /// The first condition of a filter that left a device out.
    package enum Condition: String, Sendable { case tag, platform, except }

    /// A device that a filter took out of a query.
    package struct LeftOut: Equatable, Sendable {
      /// A place in the fleet.
      package let device: Int
      /// The first condition that it failed.
      package let by: Condition
      /// Later conditions were not looked at.
      package init(device: Int, by: Condition) { (self.device, self.by) = (device, by) }
    }

    /// Which function was called.
    package let kind: Kind
    /// Only devices with this tag; nil without such a condition.
    package let tag: String?
    /// Only devices of this platform; nil without such a condition.
    package let platform: String?
    /// The place of the device that was excluded; nil for none.
    package let except: Int?
    /// What it gave back, in that order.
    package let found: [Int]
    /// Those that could accept more and failed a condition.
    package let leftOut: [LeftOut]

    /// Without conditions and results unless given.
    package init(
      _ kind: Kind, tag: String? = nil, platform: String? = nil, except: Int? = nil, found: [Int] = [],
      leftOut: [LeftOut] = []
    ) {
      (self.kind, self.tag, self.platform, self.except) = (kind, tag, platform, except)
      (self.found, self.leftOut) = (found, leftOut)
    }
  }

  /// In order, up to the one that gave a verdict; empty when none was asked.
  package let asked: [Asked]
  /// Of all that were asked, in order.
  package let reads: [Read]
  /// Of all policies that were asked, in order.
  package let queries: [Query]
  /// Whether more was read or asked than is kept.
  package let isCut: Bool

  /// Empty unless given, as when no policy was asked.
  package init(asked: [Asked] = [], reads: [Read] = [], queries: [Query] = [], isCut: Bool = false) {
    (self.asked, self.reads, self.queries, self.isCut) = (asked, reads, queries, isCut)
  }
}
