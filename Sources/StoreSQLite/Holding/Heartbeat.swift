import Files
import Routing
import StoreSQL
import Synchronization
import Wire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The state a running process publishes in `STORE.lock`: its cycles, and the holds that it has seen.
///
/// It is not in the store, so it can be written and read while the store is locked. A write is one small `pwrite`; it need
/// not survive a power cut, so nothing is synchronised.
package final class Heartbeat: CycleRecorder, Sendable {
  private let descriptor: CInt
  private let now: @Sendable () -> HeartbeatTime
  private let file: String
  /// Of the file that this process has locked.
  private let lock: FileStatus.Identity?
  private let state: Mutex<State>

  private struct State {
    var beat: Beat
    /// False after a write failed: the next change writes again, whatever it is.
    var isWritten = true
    var notice = OnceNotice()
  }

  /// For the process that holds the lock of the store at `path`. `every`: milliseconds between two of its cycles; nil for a
  /// single one. `lock`: which file it has locked; nil for the one that has the name now. Throws `StoreError.unusable`.
  package init(
    path: String, every: Int64?, lock: FileStatus.Identity? = nil,
    now: @escaping @Sendable () -> HeartbeatTime = HeartbeatTime.now
  ) throws(StoreError) {
    file = StoreLock.resolved(path) + StoreFiles.lock
    descriptor = openFile(file, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw StoreError.unusable("\(file) cannot be opened: \(String(cString: strerror(errno)))")
    }
    self.now = now
    self.lock = lock ?? FileStatus(descriptor: descriptor)?.identity
    var beat = Beat(process: getpid(), after: Beat(reading: descriptor))
    beat.every = every
    state = Mutex(State(beat: beat))
    state.withLock { write(&$0) }
  }

  deinit { close(descriptor) }

  /// Publishes the time of a cycle's beginning. One small write.
  package func cycleBegan() { change { $0.began = now() } }

  /// Publishes the end of a cycle that did not fail. One small write.
  package func cycleEnded() { change { $0.ended = now() } }

  /// Tells which holds were seen; from then on no message that they cover is handed to a gateway.
  func acknowledge(_ holds: [Beat.Acknowledged]) { change { $0.holds = holds } }

  private func change(_ body: (inout Beat) -> Void) {
    state.withLock { state in
      let before = state.beat
      body(&state.beat)
      if state.beat != before || !state.isWritten { write(&state) }
    }
  }

  private func write(_ state: inout State) {
    let code = state.beat.write(to: descriptor)
    state.isWritten = code == nil
    state.notice.note(
      code.map { code in
        "\(file) cannot be written (\(String(cString: strerror(code)))): `usher hold` and `usher health` do not see what "
          + "this process does; free space on its disk"
      })
  }

  /// That the lock file was deleted or replaced, so that another process can have the lock of its name; nil while it is
  /// there. Its number cannot be another file's: this process keeps it open.
  package func lockProblem() -> String? {
    guard FileStatus(file)?.identity != lock || lock == nil else { return nil }
    return
      "the lock file \(file) was deleted or replaced, so another process may run on this store; stopping: leave the "
      + "file alone, and start again when no other process runs on the store"
  }

  /// That the heartbeat cannot be written, if that was not reported yet.
  func takeNotice() -> String? { state.withLock { $0.notice.take() } }

  /// The last published heartbeat; nil if none was published.
  package static func last(path: String) -> Beat? {
    let descriptor = openFile(StoreLock.resolved(path) + StoreFiles.lock, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // Somebody may be writing it.
    for _ in 0..<5 {
      if let beat = Beat(reading: descriptor) { return beat }
      usleep(1000)
    }
    return nil
  }
}
