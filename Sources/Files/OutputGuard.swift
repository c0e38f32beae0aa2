#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Refuses to write where a store, one of its files, or a policy would be harmed, by whatever name it is reached.
///
/// Everything in this program that writes a file which a person named goes through here.
package struct OutputGuard: Sendable {
  /// The stores that this process may have open; compared by device and inode, never opened here: closing a descriptor
  /// of a file gives up all locks that SQLite holds on it (https://www.sqlite.org/howtocorrupt.html, 2.2).
  private let stores: [String]

  package init(stores: [String]) { self.stores = stores }

  /// Throws when `path` must not be written for `use`.
  package func check(_ path: String, for use: OutputUse) throws(FileProblem) {
    try check(try OutputPlace(path), for: use)
  }

  func check(_ place: OutputPlace, for use: OutputUse) throws(FileProblem) {
    let status = FileStatus(place.path)
    if status?.isDirectory == true {
      throw FileProblem("expected the name of a file, found that \(place.given) is a directory; name a file in it")
    }
    if !place.isWrittenThrough {
      if use != .lua, place.path.hasSuffix(".lua") { throw refused(place, "the name of a Lua file") }
      if let store = owner(of: place.path, beside: use) { throw refused(place, "a file of the store \(store)") }
    }
    guard let status, status.isRegular else { return }
    if let found = storeFile(status, use) { throw refused(place, found) }
    if use != .archive, let found = SQLiteContent(of: place.path) { throw refused(place, found.text) }
  }

  private func refused(_ place: OutputPlace, _ found: String) -> FileProblem {
    FileProblem(
      "expected a file that may be written at \(place.given), found \(found); nothing was written: name another file")
  }

  // MARK: - By name

  /// The store that a file belongs to by its name; nil where that is right for its use.
  private func owner(of path: String, beside use: OutputUse) -> String? {
    StoreFiles.owners(of: path).first { $0.kind != use.kind && isStore($0.store) }?.store
  }

  private func isStore(_ path: String) -> Bool {
    guard let status = FileStatus(path), status.isRegular else { return false }
    if stores.contains(where: { FileStatus($0)?.identity == status.identity }) { return true }
    return SQLiteContent(of: path) != nil
  }

  // MARK: - By identity

  /// Whether the file is one of a store, by another name.
  private func storeFile(_ status: FileStatus, _ use: OutputUse) -> String? {
    for store in stores {
      for path in StoreFiles.existing(of: store) where FileStatus(path)?.identity == status.identity {
        if path == Path.real(store) { return "the store \(store)" }
        if owner(of: path, beside: use) != nil { return "a file of the store \(store)" }
      }
    }
    return nil
  }
}
