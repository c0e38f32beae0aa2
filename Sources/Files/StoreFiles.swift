#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The files that belong to a store, by their names: those beside it that begin with its name.
package enum StoreFiles {
  /// What a file beside a store is for; decides which outputs may replace it.
  package enum Kind: Equatable, Sendable {
    /// Files of SQLite and of the process that runs on the store.
    case companion
    /// What the gateway `log` was handed.
    case sentFile
    /// Old decisions: `STORE.decisions-….db`.
    case archive
    /// The store as it was before a migration: `STORE.before-N`.
    case migrationCopy
  }

  /// The file of the gateway `log`, unless `--sent` names another.
  package static let sentFile = ".sent.jsonl"
  /// Locked by the process that runs on the store; holds its heartbeat.
  package static let lock = ".lock"
  /// Where `usher hold` states holds that the store does not have yet.
  package static let hold = ".hold"
  /// What an archive has between the store's name and its own number.
  package static let archive = ".decisions-"
  /// What stands before the number of a copy's schema.
  package static let migrationCopy = ".before-"

  /// What follows the store's name, for files of which there is one.
  package static let suffixes: [(text: String, kind: Kind)] = [
    ("-wal", .companion), ("-shm", .companion), ("-journal", .companion), (lock, .companion), (hold, .companion),
    (sentFile, .sentFile),
  ]

  /// What follows the store's name, for files of which there are several: more comes behind it.
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

  /// The store and what exists of its files, as paths. Reads the store's folder once.
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
