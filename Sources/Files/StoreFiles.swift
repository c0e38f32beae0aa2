#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The files that belong to a store, recognised by their names: those next to the store whose names begin with its
/// name.
package enum StoreFiles {
  /// What a file next to a store is for; decides which outputs may replace it.
  package enum Kind: Equatable, Sendable {
    /// Files of SQLite and of the process that runs on the store.
    case companion
    /// The messages that the gateway `log` received.
    case sentFile
    /// Old decisions: `STORE.decisions-….db`.
    case archive
    /// The store as it was before a migration: `STORE.before-N`.
    case migrationCopy
  }

  /// The suffix of the file of the gateway `log`, unless `--sent` names another file.
  package static let sentFile = ".sent.jsonl"
  /// Locked by the process that runs on the store; holds its heartbeat.
  package static let lock = ".lock"
  /// Where `usher hold` states holds that the store does not have yet.
  package static let hold = ".hold"
  /// The part of an archive's name between the store's name and the archive's number.
  package static let archive = ".decisions-"
  /// The part of a copy's name before the number of its schema.
  package static let migrationCopy = ".before-"

  /// Suffixes to the store's name, for kinds of which there is one file.
  package static let suffixes: [(text: String, kind: Kind)] = [
    ("-wal", .companion), ("-shm", .companion), ("-journal", .companion), (lock, .companion), (hold, .companion),
    (sentFile, .sentFile),
  ]

  /// Infixes after the store's name, for kinds of which there are several files; more text follows them.
  package static let infixes: [(text: String, kind: Kind)] = [(archive, .archive), (migrationCopy, .migrationCopy)]

  /// The stores that a file would belong to by its name, whether or not they exist.
  static func owners(of path: String) -> [(store: String, kind: Kind)] {
    let (folder, name) = Path.split(path)
    var found: [(store: String, kind: Kind)] = []
    for (suffix, kind) in suffixes where name.hasSuffix(suffix) && name.count > suffix.count {
      found.append((Path.join(folder, String(name.dropLast(suffix.count))), kind))
    }
    for (infix, kind) in infixes {
      guard let start = Path.firstIndex(of: infix, in: name), start > name.startIndex else { continue }
      found.append((Path.join(folder, String(name[..<start])), kind))
    }
    return found
  }

  /// The paths of the store and its existing files. Reads the store's folder once.
  package static func existing(of store: String) -> [String] {
    let path = Path.real(store) ?? store
    let (folder, name) = Path.split(path)
    let beside = Path.names(in: folder).filter { other in
      guard other.hasPrefix(name), other != name else { return false }
      let rest = other.dropFirst(name.count)
      return suffixes.contains { rest == $0.text } || infixes.contains { rest.hasPrefix($0.text) }
    }
    return [path] + beside.sorted().map { Path.join(folder, $0) }
  }
}
