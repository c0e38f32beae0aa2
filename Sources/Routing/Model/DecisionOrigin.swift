import Synchronization

/// The policy that gave a verdict, or the last one evaluated.
///
/// A decision holds the address of an entry without counting a reference: reference counting is an atomic operation, and
/// two of them cost as much as the verdict of a decision. Entries are therefore never freed: some 300 bytes for each
/// revision, until the process ends.
package struct DecisionOrigin: Equatable, Sendable {
  private struct Names: Hashable, Sendable {
    let policy: String
    let revision: String
  }

  private final class Entry: Sendable {
    let names: Names

    init(_ names: Names) { self.names = names }
  }

  /// Keeps every entry, so that an address stays valid, and equal names have the same address.
  private static let entries = Mutex<[Names: Entry]>([:])

  private let entry: Unmanaged<Entry>

  /// Takes a lock and keeps the names until the process ends: call it once for each revision.
  package init(policy: String, revision: String) {
    let names = Names(policy: policy, revision: revision)
    entry = DecisionOrigin.entries.withLock { entries in
      if let known = entries[names] { return .passUnretained(known) }
      let made = Entry(names)
      entries[names] = made
      return .passUnretained(made)
    }
  }

  /// The policy's name in the tenant's list.
  package var policy: String { entry._withUnsafeGuaranteedRef { $0.names.policy } }
  /// `sha256:` and 64 hexadecimal digits.
  package var revision: String { entry._withUnsafeGuaranteedRef { $0.names.revision } }

  package static func == (left: DecisionOrigin, right: DecisionOrigin) -> Bool {
    left.entry.toOpaque() == right.entry.toOpaque()
  }
}
