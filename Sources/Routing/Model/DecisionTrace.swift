/// What the policies did on the way to one decision, as the interpreter wrote it down. Devices are places in the fleet
/// that was shown.
package struct DecisionTrace: Equatable, Sendable {
  /// A policy that was asked, and what it answered.
  package struct Asked: Equatable, Sendable {
    package enum Answer: Equatable, Sendable {
      /// `seconds`: what a wait asked for.
      case verdict(Outcome, seconds: Double?)
      case noOpinion
      case fault(Fault)
      /// It failed too often, and no hook of it was run.
      case suspended
    }

    package let origin: DecisionOrigin
    package let answer: Answer
    package let instructions: Int64
    package let notes: [String]

    package init(origin: DecisionOrigin, answer: Answer, instructions: Int64, notes: [String]) {
      (self.origin, self.answer, self.instructions, self.notes) = (origin, answer, instructions, notes)
    }
  }

  /// Something that was read, the first time that it was.
  package struct Read: Equatable, Sendable {
    package enum Subject: Hashable, Sendable {
      case contact, fleet
      case device(Int)
    }

    package let subject: Subject
    /// A field, an entry of it (`attributes.city`), or of the fleet `#fleet` and `fleet[3]`.
    package let name: String
    /// In words; nil for nothing.
    package let value: String?
    /// The device that was come by in this way.
    package let device: Int?

    package init(_ subject: Subject, _ name: String, _ value: String?, device: Int? = nil) {
      (self.subject, self.name, self.value, self.device) = (subject, name, value, device)
    }
  }

  /// A query over the fleet.
  package struct Query: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
      case get(id: String)
      case leastLoaded, firstAvailable, available
      case candidates(count: Int64)
      case hash(key: String)
    }

    /// The first condition of a filter that left a device out.
    package enum Condition: String, Sendable { case tag, platform, except }

    package struct LeftOut: Equatable, Sendable {
      package let device: Int
      package let by: Condition
      package init(device: Int, by: Condition) { (self.device, self.by) = (device, by) }
    }

    package let kind: Kind
    package let tag: String?
    package let platform: String?
    package let except: Int?
    /// What it gave back, in that order.
    package let found: [Int]
    package let leftOut: [LeftOut]

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
  package let queries: [Query]
  /// Whether more was read or asked than is kept.
  package let isCut: Bool

  package init(asked: [Asked] = [], reads: [Read] = [], queries: [Query] = [], isCut: Bool = false) {
    (self.asked, self.reads, self.queries, self.isCut) = (asked, reads, queries, isCut)
  }
}
