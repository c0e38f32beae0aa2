import Policies
import Routing
import Testing

/// A hostile or faulty script, and the required result.
struct HostileCase: CustomTestStringConvertible, Sendable {
  /// The result of a script in one of the ways in which it is run.
  enum Outcome: Sendable {
    /// One of these faults; the contact waits.
    case fault([Fault.Kind])
    /// No harm: the hook's own answer, or a chunk that loads.
    case harmless
  }

  let name: String
  let body: String
  /// As the body of the hook `select(contact, fleet)`.
  let asHook: Outcome
  /// As part of the chunk, without contact and fleet.
  let asChunk: Outcome

  var testDescription: String { name }

  /// Within `pcall`: limits cannot be caught; everything else is caught, and the hook continues.
  let caught: Outcome

  /// A script that ends with a fault in the hook. In the chunk it is the same fault, or `runtime` for faults that only a
  /// hook can have, unless `chunk` gives another one.
  init(_ name: String, _ kinds: Fault.Kind..., chunk: Outcome? = nil, caught: Outcome? = nil, body: String) {
    (self.name, self.body, asHook) = (name, body, .fault(kinds))
    let inChunk = kinds.map { [.verdict, .device].contains($0) ? Fault.Kind.runtime : $0 }
    asChunk = chunk ?? .fault(inChunk)
    let limits = kinds.filter(HostileCase.isLimit)
    self.caught = caught ?? (limits.isEmpty ? .harmless : .fault(limits))
  }

  /// A harmless script: its attempt has no effect, and the hook answers `wait('harmless', 60)`, which the body can omit.
  init(harmless name: String, body: String, chunk: Outcome = .harmless) {
    (self.name, self.body, asHook, asChunk) = (name, body, .harmless, chunk)
    caught = .harmless
  }

  /// The faults that no `pcall` can catch.
  static func isLimit(_ kind: Fault.Kind) -> Bool { [.budget, .memory, .timeout].contains(kind) }
}

/// The whole corpus, by theme.
enum HostileCorpus {
  static let all =
    loops + memory + escapes + bombs + helpers + forgeries + writes + texts + waits + keepsakes + interpreter
}
