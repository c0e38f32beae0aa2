#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Refuses to write where that would damage a store, one of its files or a policy, by whatever name the path reaches
/// it.
///
/// All code in this program that writes a file which a person named uses this guard.
package struct OutputGuard: Sendable {
  /// The stores that this process may have open. They are compared by device and inode, never opened here: closing a
  /// descriptor of a file releases all locks that SQLite holds on it (https://www.sqlite.org/howtocorrupt.html, 2.2).
  private let stores: [String]
  /// The files of these stores when the output was begun: a file can lose its name meanwhile.
  private let known: [(file: FileStatus.Identity, path: String, store: String)]

  /// Records the files of `stores` once, to recognise them later by identity too.
  package init(stores: [String]) {
    self.stores = stores
    known = OutputGuard.files(of: stores)
  }

  /// Throws when `path` must not be written for `use`.
  package func check(_ path: String, for use: OutputUse) throws(FileProblem) {
    try check(try OutputPlace(path), for: use)
  }

  func check(_ place: OutputPlace, for use: OutputUse) throws(FileProblem) {
    let status = FileStatus(place.path)
    if status?.isDirectory == true {
      throw FileProblem("expected the name of a file, found the directory \(place.given); name a file in it")
    }
    // The name of an open file such as /dev/fd/5 is the one the kernel reports, if that name still leads to the file.
    let path = place.isWrittenThrough ? OutputGuard.name(of: place.path, status) : place.path
    if let path { try check(name: path, of: place, for: use) }
    guard let status, status.isRegular else { return }
    try check(status, place, use)
    if use != .archive, let found = DatabaseContent(of: place.path) { throw refused(place, found.text) }
  }

  /// Checks the opened file, which may differ from the one that was checked before opening.
  func check(opened descriptor: CInt, _ place: OutputPlace, for use: OutputUse) throws(FileProblem) {
    guard let status = FileStatus(descriptor), status.isRegular else { return }
    if let path = OutputGuard.name(of: "/proc/self/fd/\(descriptor)", status) {
      try check(name: path, of: place, for: use)
    }
    try check(status, place, use)
    if let found = DatabaseContent(descriptor) { throw refused(place, found.text) }
  }

  /// Checks the file that was at `place` until now and is temporarily called `path`: throws if it must not be replaced.
  func check(replaced path: String, _ place: OutputPlace, for use: OutputUse) throws(FileProblem) {
    guard let status = FileStatus(path, followsLinks: false), status.isRegular else {
      throw refused(place, "a file whose type changed after the check")
    }
    if let found = storeFile(status, use) { throw refused(place, found) }
    if let found = DatabaseContent(of: path) { throw refused(place, found.text) }
  }

  private func check(name path: String, of place: OutputPlace, for use: OutputUse) throws(FileProblem) {
    if use != .lua, path.hasSuffix(".lua") { throw refused(place, "the name of a Lua file") }
    if let store = owner(of: path, beside: use) { throw refused(place, "a file of the store \(store)") }
  }

  private func check(_ status: FileStatus, _ place: OutputPlace, _ use: OutputUse) throws(FileProblem) {
    if let found = storeFile(status, use) { throw refused(place, found) }
    if place.isWrittenThrough || use.isAppended, status.linkCount > 1 {
      throw refused(place, "a file with \(status.linkCount) names (hard links), of which one may be a store's")
    }
  }

  /// Whether two outputs of one command would go to the same file. False for invalid names, which are reported
  /// elsewhere.
  package static func isSameFile(_ first: String, _ second: String) -> Bool {
    guard let first = try? OutputPlace(first), let second = try? OutputPlace(second) else { return first == second }
    return first.isSameFile(as: second)
  }

  private func refused(_ place: OutputPlace, _ found: String) -> FileProblem {
    FileProblem(
      "expected a file that may be written at \(place.given), found \(found); nothing was written: name another file")
  }

  // MARK: - By name

  private static func name(of link: String, _ status: FileStatus?) -> String? {
    guard let status, status.isRegular, let path = Path.real(link), FileStatus(path)?.identity == status.identity else {
      return nil
    }
    return path
  }

  /// The store that a file belongs to by its name; nil if the name is right for the use.
  private func owner(of path: String, beside use: OutputUse) -> String? {
    StoreFiles.owners(of: path).first { !isRight($0, for: use) && isStore($0.store) }?.store
  }

  /// Messages may go only to the sent file of their own store.
  private func isRight(_ owner: (store: String, kind: StoreFiles.Kind), for use: OutputUse) -> Bool {
    owner.kind == use.kind && (use != .sentFile || isOwn(owner.store))
  }

  private func isOwn(_ path: String) -> Bool {
    guard let identity = FileStatus(path)?.identity else { return false }
    return stores.contains { FileStatus($0)?.identity == identity }
  }

  private func isStore(_ path: String) -> Bool {
    guard let status = FileStatus(path), status.isRegular else { return false }
    return isOwn(path) || DatabaseContent(of: path) != nil
  }

  // MARK: - By identity

  private static func files(of stores: [String]) -> [(file: FileStatus.Identity, path: String, store: String)] {
    stores.flatMap { store in
      StoreFiles.existing(of: store).compactMap { path in
        FileStatus(path).map { (file: $0.identity, path: path, store: store) }
      }
    }
  }

  /// The store of which the file is a part, under another name.
  private func storeFile(_ status: FileStatus, _ use: OutputUse) -> String? {
    for found in known + OutputGuard.files(of: stores) where found.file == status.identity {
      let owners = StoreFiles.owners(of: found.path)
      guard owners.contains(where: { $0.kind == use.kind }) else {
        return owners.isEmpty ? "the store \(found.store)" : "a file of the store \(found.store)"
      }
    }
    return nil
  }
}
