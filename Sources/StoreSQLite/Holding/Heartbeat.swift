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

/// The state that a running process publishes in `STORE.lock`: the times of its cycles, and the holds it has seen.
///
/// It is not in the store, so it can be written and read while the store is locked. A write is one small `pwrite`; it
/// need not survive a power cut, so it is not synchronised.
package final class Heartbeat: CycleRecorder, Sendable {
  private let descriptor: CInt
  private let now: @Sendable () -> HeartbeatTime
  private let file: String
  /// The identity of the file that this process has locked.
  private let lock: FileStatus.Identity?
  private let state: Mutex<State>

  private struct State {
    var beat: Beat
    /// False after a write failed: the next change then writes, even if nothing differs.
    var isWritten = true
    var notice = OnceNotice()
  }

  /// For the process that holds the lock of the store at `path`. `every` is the interval of its cycles in milliseconds;
  /// nil for a single cycle. `lock` is the file it has locked; nil means the file that has the name now. Throws
  /// `StoreError.unusable`.
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

  /// Publishes the start time of a cycle. One small write.
  package func cycleBegan() { change { $0.began = now() } }

  /// Publishes the end time of a cycle that did not fail. One small write.
  package func cycleEnded() { change { $0.ended = now() } }

  /// Publishes the holds that were seen; from then on no message that they cover is given to a gateway.
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
        "\(file) cannot be written (\(String(cString: strerror(code)))): `usher hold` and `usher health` cannot see "
          + "the state of this process; free space on its disk"
      })
  }

  /// Reports that the lock file was deleted or replaced, so that another process could lock a new file of that name;
  /// nil while it is unchanged. Its inode number cannot be reused: this process keeps the file open.
  package func lockProblem() -> String? {
    guard FileStatus(file)?.identity != lock || lock == nil else { return nil }
    return
      "the lock file \(file) was deleted or replaced, so another process may run on this store; stopping: leave the "
      + "file alone, and start again when no other process runs on the store"
  }

  /// The error that keeps the heartbeat from being written, if it was not reported yet.
  func takeNotice() -> String? { state.withLock { $0.notice.take() } }

  /// The last published heartbeat; nil if there is none.
  package static func last(path: String) -> Beat? {
    let descriptor = openFile(StoreLock.resolved(path) + StoreFiles.lock, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // Another process may be writing it at this time, so try again.
    for _ in 0..<5 {
      if let beat = Beat(reading: descriptor) { return beat }
      usleep(1000)
    }
    return nil
  }
}
