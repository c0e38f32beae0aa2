import Files
import Routing
import StoreSQL
import Wire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The file `STORE.hold` next to a store: holds that stop sending while the store cannot be written, or before it is.
///
/// An unreadable file stops everything. So an operator without this program can stop sending with `touch
/// usher.db.hold`.
package struct HoldFile: Sendable {
  /// Longer files are not read.
  private static let bytesMax = 1 << 20

  /// The store's absolute path with symbolic links resolved, and `.hold`.
  package let path: String
  private let lockPath: String
  private let mode: mode_t
  private let owner: FileOwner?
  private let calls: HoldFileLock.Calls
  private let cache = HoldFileCache()

  /// Uses the file that `store` resolves to, by whatever name or link it is given.
  package init(of store: String) { self.init(of: store, calls: .system) }

  init(of store: String, calls: HoldFileLock.Calls) {
    self.calls = calls
    let file = StoreLock.resolved(store)
    (path, lockPath) = (file + StoreFiles.hold, file + StoreFiles.lock)
    (mode, owner) = (FileMode.beside(file), FileOwner.beside(file))
  }

  /// Whether the file exists. Costs one file lookup.
  package var isThere: Bool {
    var status = stat()
    return lstat(path, &status) == 0 || errno != ENOENT
  }

  /// The holds in the file; one of kind `unreadable` if it cannot be read. Costs one file lookup without a file, and
  /// two while the file does not change.
  package func holds() -> [SendingHold] {
    guard isThere else { return [] }
    if let version = HoldFileCache.Version(path: path), let holds = cache.holds(of: version) { return holds }
    switch bytes() {
    case .success(nil): return []
    case .success(let content?):
      let holds =
        HoldFile.holds(in: content.bytes) ?? [unreadable("expected JSON with holds, found something else")]
      if let version = content.version { cache.keep(holds, of: version, at: time(nil)) }
      return holds
    case .failure(let error): return [unreadable(error.text)]
    }
  }

  private struct ReadError: Error { let text: String }

  private struct Content {
    var bytes: [UInt8] = []
    /// Taken before the bytes were read.
    var version: HoldFileCache.Version?
  }

  /// Nil if the file does not exist.
  private func bytes() -> Result<Content?, ReadError> {
    // `O_NONBLOCK`, so that a pipe in its place blocks nobody.
    let descriptor = openFile(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      return errno == ENOENT && !isThere
        ? .success(nil) : .failure(ReadError(text: String(cString: strerror(errno))))
    }
    defer { close(descriptor) }
    var content = Content(version: HoldFileCache.Version(descriptor: descriptor))
    var piece = [UInt8](repeating: 0, count: 16_384)
    while content.bytes.count <= HoldFile.bytesMax {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return .failure(ReadError(text: String(cString: strerror(errno)))) }
      if count == 0 { return .success(content) }
      content.bytes += piece.prefix(count)
    }
    return .failure(ReadError(text: "expected at most \(HoldFile.bytesMax) bytes, found more"))
  }

  private var isDirectory: Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private var directoryText: String {
    "expected a file as the hold file, but \(path) is a directory: look at what is in it, and remove it with `rm -r \(path)`"
  }

  private func unreadable(_ found: String) -> SendingHold {
    var status = stat()
    let seconds = lstat(path, &status) == 0 ? Int64(status.st_mtim.tv_sec) : 0
    return SendingHold(
      tenant: nil, kind: .unreadable,
      reason: isDirectory
        ? "\(directoryText), so nothing is sent"
        : "the hold file \(path) cannot be read (\(found)), so nothing is sent; `usher release --reason …` removes it",
      actor: "usher", at: Instant(milliseconds: seconds * 1000))
  }
}

// MARK: - Format

extension HoldFile {
  /// Nil for any content that `text` does not produce.
  private static func holds(in bytes: [UInt8]) -> [SendingHold]? {
    guard case .object(let root)? = try? JSONParser.parse(bytes), case .array(let items)? = root["holds"],
      !items.isEmpty
    else { return nil }
    var holds: [SendingHold] = []
    for item in items {
      guard case .object(let object) = item, let hold = hold(in: object) else { return nil }
      holds.append(hold)
    }
    return holds
  }

  private static func hold(in object: JSONObject) -> SendingHold? {
    guard case .string(let reason)? = object["reason"], !reason.isEmpty, case .string(let actor)? = object["by"],
      !actor.isEmpty, case .string(let text)? = object["at"], let at = Instant(rfc3339: text)
    else { return nil }
    var systemUser: String?
    if case .string(let user)? = object["system_user"] { systemUser = user }
    let by = Actor(actor, systemUser: systemUser)
    switch object["tenant"] {
    case .null?: return SendingHold(tenant: nil, reason: reason, actor: by, at: at)
    case .string(let id)?:
      guard let tenant = TenantID(id) else { return nil }
      return SendingHold(tenant: tenant, reason: reason, actor: by, at: at)
    default: return nil
    }
  }

  private static func text(of holds: [SendingHold]) -> [UInt8] {
    let items = holds.map { hold in
      JSONValue.object(
        JSONObject([
          ("tenant", hold.tenant.map { .string($0.text) } ?? .null), ("reason", .string(hold.reason)),
          ("by", .string(hold.actor.name)), ("system_user", hold.actor.systemUser.map { .string($0) } ?? .null),
          ("at", .string(hold.at.rfc3339)),
        ]))
    }
    return Array((JSONWriter(style: .pretty).string(.object(JSONObject([("holds", .array(items))]))) + "\n").utf8)
  }
}

// MARK: - Changes

extension HoldFile {
  /// Adds a hold. Returns the `hold` that stops the scope from now on, which the file may have had before. An
  /// unreadable file is left alone, because it already stops everything; on a full disk a hold of the whole store
  /// becomes such a file. `notice` warns if the file could not be locked.
  package func add(_ hold: SendingHold) throws(StoreError) -> (hold: SendingHold, notice: String?) {
    var diskNotice: String?
    let added = try changing { (holds: [SendingHold]) throws(StoreError) -> SendingHold in
      if let present = holds.first(where: { $0.hasScope(of: hold) || $0.kind == .unreadable }) { return present }
      guard let code = replace(with: holds + [hold]) else { return hold }
      guard hold.tenant == nil, holds.isEmpty, [ENOSPC, EDQUOT].contains(code), makeEmpty(),
        let stopping = self.holds().first
      else { throw failure(code) }
      diskNotice =
        "the disk is full: the hold file \(path) is empty and has no reason; it stops everything until `usher release`"
      return stopping
    }
    let notices = [diskNotice, added.notice].compactMap(\.self)
    return (added.0, notices.isEmpty ? nil : notices.joined(separator: "\n"))
  }

  /// Removes the holds for which `isOver` is true, and the file with its last hold. Returns a notice as `add` does.
  @discardableResult
  package func remove(where isOver: (SendingHold) -> Bool) throws(StoreError) -> String? {
    guard isThere else { return nil }
    return try changing { (holds: [SendingHold]) throws(StoreError) -> Void in
      let rest = holds.filter { !isOver($0) }
      if rest == holds { return }
      if rest.isEmpty { try delete() } else if let code = replace(with: rest) { throw failure(code) }
    }.notice
  }

  /// Writers lock a byte of `STORE.lock` beyond its content.
  private func changing<Result>(
    _ body: ([SendingHold]) throws(StoreError) -> Result
  ) throws(StoreError) -> (Result, notice: String?) {
    let lock = HoldFileLock(lockPath, mode: mode, owner: owner, calls: calls)
    return (try body(holds()), lock.problem)
  }

  /// Nil on success, otherwise the error number; the file is then unchanged.
  private func replace(with holds: [SendingHold]) -> CInt? {
    let temporary = "\(path).\(getpid()).part"
    unlink(temporary)
    let descriptor = PrivateFile.create(temporary, mode: mode, owner: owner)
    guard descriptor >= 0 else { return errno }
    var code = calls.write(descriptor, HoldFile.text(of: holds))
    close(descriptor)
    if code == nil, rename(temporary, path) != 0 { code = errno }
    guard code == nil else {
      unlink(temporary)
      return code
    }
    StoreFile(path: path).syncFolder()
    return nil
  }

  /// An empty file needs no space for content, and stops everything.
  private func makeEmpty() -> Bool {
    let descriptor = PrivateFile.create(path, mode: mode, owner: owner)
    guard descriptor >= 0 else { return false }
    close(descriptor)
    StoreFile(path: path).syncFolder()
    return true
  }

  /// Throws for a directory in its place, which may contain someone's files.
  func checkRemovable() throws(StoreError) {
    if isDirectory { throw StoreError.unusable(directoryText) }
  }

  private func delete() throws(StoreError) {
    try checkRemovable()
    guard unlink(path) == 0 || errno == ENOENT else { throw failure(errno) }
    StoreFile(path: path).syncFolder()
  }

  private func failure(_ code: CInt) -> StoreError {
    .unusable(
      "the hold file \(path) cannot be changed: \(String(cString: strerror(code))); "
        + "its folder must be writable and have space left")
  }
}
