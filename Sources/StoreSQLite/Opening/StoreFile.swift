import Files
import Routing
import StoreSQL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The file behind a store, looked at before SQLite is let near it: SQLite would create, adopt or convert it.
struct StoreFile {
  let path: String

  /// Makes an empty file for a new store, with exactly `mode` whatever the umask: SQLite gives its log the same.
  ///
  /// Throws if the path exists already, or its folder cannot be written.
  func create(mode: mode_t = 0o600) throws(StoreError) {
    let descriptor = PrivateFile.create(path, mode: mode)
    guard descriptor >= 0 else { throw StoreError.unusable(creationRefusal(errno)) }
    close(descriptor)
  }

  /// Refuses a new file whose name makes it one of another store's files.
  func checkName(for use: OutputUse) throws(StoreError) {
    // One that exists is refused by `create`, in its own words.
    guard access(path, F_OK) != 0 else { return }
    do throws(FileProblem) {
      try OutputGuard(stores: []).check(path, for: use)
    } catch {
      throw StoreError.unusable(error.description)
    }
  }

  /// Refuses a new file beside what SQLite left of another one with its name: it would be taken for the new one's.
  func checkLeftovers() throws(StoreError) {
    // With a file, they are its own, and `create` refuses that one in its own words.
    guard FileStatus(path, followsLinks: false) == nil else { return }
    let found = ["-wal", "-shm", "-journal"].map { path + $0 }
      .filter { FileStatus($0, followsLinks: false) != nil }
    guard found.isEmpty else {
      throw StoreError.unusable(
        "expected no file of an earlier store beside \(path), found \(found.joined(separator: ", ")): SQLite would read "
          + "it into the new store; put that store back, delete the file, or choose another path")
    }
  }

  /// Takes back what `create` made and what SQLite put beside it, after a failure.
  func discard() {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
  }

  /// Gives a finished file its name, which must be free; both in one folder. Nothing is left under the old name.
  func move(to name: String) throws(StoreError) {
    if link(path, name) != 0 {
      guard errno != EEXIST else { throw StoreError.unusable("\(name) exists already; name another file") }
      // Some file systems have no links; there the name was free a moment ago.
      guard access(name, F_OK) != 0, rename(path, name) == 0 else {
        throw StoreError.unusable("\(path) cannot be renamed to \(name): \(reason(errno)); choose another folder")
      }
    }
    unlink(path)
    syncFolder()
  }

  /// Puts a finished file in the place of another in the same folder, at once.
  func replace(_ name: String) throws(StoreError) {
    guard rename(path, name) == 0 else {
      throw StoreError.unusable("\(path) cannot be renamed to \(name): \(reason(errno)); \(name) is as it was")
    }
    syncFolder()
  }

  func syncFolder() { Path.sync(folder: folder) }

  /// Refuses what can be told from outside to be no store, and what may not be written when it has to be.
  func check(for mode: StoreMode) throws(StoreError) {
    guard let status = FileStatus(path) else { throw StoreError.unusable(missing(errno)) }
    guard !status.isDirectory else {
      throw StoreError.unusable("\(path) is a directory; expected a store: name the file in it")
    }
    guard status.isRegular else {
      throw StoreError.unusable("\(path) is not a regular file; expected a store: choose another path")
    }
    guard status.bytes > 0 else {
      throw StoreError.unusable(
        "\(path) is empty (0 bytes); expected a store: delete the file and create one with `usher init`")
    }
    guard access(path, R_OK) == 0 else {
      throw StoreError.unusable("\(path) may not be read: \(reason(errno)); give this user the right to")
    }
    guard try isDatabase() else {
      throw StoreError.unusable(
        "\(path) is not a SQLite database; expected a store made by `usher init`: choose another path")
    }
    if mode == .readWrite { try checkWritable() }
  }

  /// Refuses a store with several names: its log, lock and hold file go by the name, so two processes that use two names
  /// would not see each other, and a hold by one name would not stop the sender on the other.
  func checkSingleName() throws(StoreError) {
    guard let status = FileStatus(path), status.names > 1 else { return }
    throw StoreError.unusable(
      "expected one name for the store \(path), found \(status.names) (hard links); nothing was written: find the "
        + "others with `find DIRECTORY -samefile \(path)` and remove them, or use a copy of the store")
  }

  private func checkWritable() throws(StoreError) {
    try checkSingleName()
    guard access(path, W_OK) == 0 else {
      throw StoreError.unusable(
        "\(path) may not be written: \(reason(errno)); give this user the right to, or only read it")
    }
    guard access(folder, W_OK) == 0 else {
      throw StoreError.unusable(
        "the folder \(folder) may not be written: \(reason(errno)); a store needs room for its log beside it")
    }
  }

  private func isDatabase() throws(StoreError) -> Bool {
    let descriptor = openFile(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw StoreError.unusable("\(path) cannot be read: \(reason(errno))")
    }
    defer { close(descriptor) }
    return DatabaseContent(descriptor) == .database
  }

  var folder: String { Path.split(path).folder }

  private func creationRefusal(_ code: CInt) -> String {
    switch code {
    case EEXIST, EISDIR:
      if let status = FileStatus(path) {
        if status.isDirectory {
          "\(path) is a directory; expected the name of a new file: name one in it"
        } else if !status.isRegular {
          "\(path) is not a regular file; expected a name that is free: choose another path"
        } else {
          "a store exists already at \(path); use it, or choose another path"
        }
      } else {
        "\(path) is a link to \(Path.destination(of: path) ?? "nothing"), where no file is; expected a name that is free: "
          + "name the file itself, or delete the link"
      }
    case ENOENT: "the folder \(folder) does not exist; create it, or choose another path"
    case ENOSPC, EDQUOT: "\(path) cannot be created: the disk is full; free some space, or choose another disk"
    default: "\(path) cannot be created: \(reason(code)); choose a folder that this user may write"
    }
  }

  private func missing(_ code: CInt) -> String {
    switch code {
    case ENOENT, ENOTDIR: "there is no store at \(path); create one with `usher init`, or name another path"
    default: "\(path) cannot be reached: \(reason(code))"
    }
  }

  private func reason(_ code: CInt) -> String { String(cString: strerror(code)) }
}
