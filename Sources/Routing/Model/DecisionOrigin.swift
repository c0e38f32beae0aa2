import Synchronization

/// The policy that gave a verdict, or the last one asked.
///
/// A decision names it by an address and counts no reference: a count is a step that the processors have to agree on, and
/// two of them cost a decision as much as its verdict. So what an origin says stays for as long as the process runs, once
/// for each revision: some 300 bytes.
package struct DecisionOrigin: Equatable, Sendable {
  private struct Names: Hashable, Sendable {
    let policy: String
    let revision: String
  }

  private final class Entry: Sendable {
    let names: Names

    init(_ names: Names) { self.names = names }
  }

  /// Keeps every entry, so that an address is good for ever, and is the same for the same names.
  private static let entries = Mutex<[Names: Entry]>([:])

  private let entry: Unmanaged<Entry>

  /// Takes a lock and keeps the names for as long as the process runs: call it once for each revision.
  package init(policy: String, revision: String) {
    let names = Names(policy: policy, revision: revision)
    entry = DecisionOrigin.entries.withLock { entries in
      if let known = entries[names] { return .passUnretained(known) }
      let made = Entry(names)
      entries[names] = made
      return .passUnretained(made)
    }
  }

  /// As the tenant lists it.
  package var policy: String { entry._withUnsafeGuaranteedRef { $0.names.policy } }
  /// `sha256:` and 64 hexadecimal digits.
  package var revision: String { entry._withUnsafeGuaranteedRef { $0.names.revision } }

  package static func == (left: DecisionOrigin, right: DecisionOrigin) -> Bool {
    left.entry.toOpaque() == right.entry.toOpaque()
  }
}
