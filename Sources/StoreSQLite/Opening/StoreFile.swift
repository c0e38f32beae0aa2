import Files
import Routing
import StoreSQL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The file behind a store, checked before SQLite opens it, because SQLite would create, adopt or convert it.
struct StoreFile {
  let path: String

  /// Makes an empty file for a new store, with exactly `mode` whatever the umask: SQLite gives its log the same mode.
  ///
  /// Throws if the path already exists, or if its folder cannot be written.
  func create(mode: mode_t = 0o600) throws(StoreError) {
    let descriptor = PrivateFile.create(path, mode: mode)
    guard descriptor >= 0 else { throw StoreError.unusable(creationRefusal(errno)) }
    close(descriptor)
  }

  /// Refuses a new file whose name would make it one of another store's files.
  func checkName(for use: OutputUse) throws(StoreError) {
    // `create` refuses an existing file, with its own message.
    guard access(path, F_OK) != 0 else { return }
    do throws(FileProblem) {
      try OutputGuard(stores: []).check(path, for: use)
    } catch {
      throw StoreError.unusable(error.description)
    }
  }

  /// Refuses a new file next to leftover SQLite files of the same name, which would be used as the new file's.
  func checkLeftovers() throws(StoreError) {
    // If the file exists, they belong to it, and `create` refuses it with its own message.
    guard FileStatus(path, followsLinks: false) == nil else { return }
    let found = ["-wal", "-shm", "-journal"].map { path + $0 }
      .filter { FileStatus($0, followsLinks: false) != nil }
    guard found.isEmpty else {
      throw StoreError.unusable(
        "expected no files of an earlier store next to \(path), found \(found.joined(separator: ", ")): SQLite would "
          + "read them into the new store; put that store back, delete the files, or choose another path")
    }
  }

  /// Removes, after a failure, the file that `create` made and SQLite's files next to it.
  func discard() {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
  }

  /// Moves a finished file to a new name in the same folder. The name must be free; the old name is gone afterwards.
  func move(to name: String) throws(StoreError) {
    if link(path, name) != 0 {
      guard errno != EEXIST else { throw StoreError.unusable("\(name) already exists; name another file") }
      // Some file systems have no hard links; there, the name was free just before.
      guard access(name, F_OK) != 0, rename(path, name) == 0 else {
        throw StoreError.unusable("\(path) cannot be renamed to \(name): \(reason(errno)); choose another folder")
      }
    }
    unlink(path)
    syncFolder()
  }

  /// Replaces another file in the same folder with a finished one, atomically.
  func replace(_ name: String) throws(StoreError) {
    guard rename(path, name) == 0 else {
      throw StoreError.unusable("\(path) cannot be renamed to \(name): \(reason(errno)); \(name) is unchanged")
    }
    syncFolder()
  }

  func syncFolder() { Path.sync(folder: folder) }

  /// Refuses a file that is visibly not a store, or that is not writable when it has to be.
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
      throw StoreError.unusable("\(path) may not be read: \(reason(errno)); give this user permission")
    }
    guard try isDatabase() else {
      throw StoreError.unusable(
        "\(path) is not an SQLite database; expected a store made by `usher init`: choose another path")
    }
    if mode == .readWrite { try checkWritable() }
  }

  /// Refuses a store with several names. Its log, lock and hold file depend on the name, so two processes that use two
  /// names would not see each other, and a hold under one name would not stop a sender under the other.
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
        "\(path) may not be written: \(reason(errno)); give this user permission, or open it for reading only")
    }
    guard access(folder, W_OK) == 0 else {
      throw StoreError.unusable(
        "the folder \(folder) may not be written: \(reason(errno)); a store needs its log in the same folder")
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
