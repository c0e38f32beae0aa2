import Policies
import Routing
import Testing

/// A script that means harm, or is merely wrong, and what it must come to.
struct HostileCase: CustomTestStringConvertible, Sendable {
  /// What a script comes to, in one of the ways in which it is run.
  enum Outcome: Sendable {
    /// One of these faults; the contact waits.
    case fault([Fault.Kind])
    /// Nothing bad: the hook's own answer, or a chunk that loads.
    case harmless
  }

  let name: String
  let body: String
  /// As the body of the hook `select(contact, fleet)`.
  let asHook: Outcome
  /// As part of the chunk, with no contact and no fleet at hand.
  let asChunk: Outcome

  var testDescription: String { name }

  /// Within `pcall`: limits cannot be caught, everything else is, and the hook goes on.
  let caught: Outcome

  /// One that ends as a fault in the hook. In the chunk it is the same fault, and `runtime` in place of those that only
  /// a hook can have, unless `chunk` says otherwise.
  init(_ name: String, _ kinds: Fault.Kind..., chunk: Outcome? = nil, caught: Outcome? = nil, body: String) {
    (self.name, self.body, asHook) = (name, body, .fault(kinds))
    let inChunk = kinds.map { [.verdict, .device].contains($0) ? Fault.Kind.runtime : $0 }
    asChunk = chunk ?? .fault(inChunk)
    let limits = kinds.filter(HostileCase.isLimit)
    self.caught = caught ?? (limits.isEmpty ? .harmless : .fault(limits))
  }

  /// One that does no harm: its attempt comes to nothing, and the hook answers `wait('harmless', 60)`, which the body
  /// need not do itself.
  init(harmless name: String, body: String, chunk: Outcome = .harmless) {
    (self.name, self.body, asHook, asChunk) = (name, body, .harmless, chunk)
    caught = .harmless
  }

  /// The faults that no `pcall` catches.
  static func isLimit(_ kind: Fault.Kind) -> Bool { [.budget, .memory, .timeout].contains(kind) }
}

/// The whole corpus, by theme.
enum HostileCorpus {
  static let all =
    loops + memory + escapes + bombs + helpers + forgeries + writes + texts + waits + keepsakes + interpreter
}
