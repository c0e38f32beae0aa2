import Files
import Routing
import Synchronization
import Wire

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the process that runs on a store tells of itself in `STORE.lock`: cycles, and the holds that it has seen.
///
/// It is not in the store, so it can be written and read while the store is locked. A write is one small `pwrite`; it need
/// not survive a power cut, so nothing is synchronised.
package final class Heartbeat: CycleRecorder, Sendable {
  private let descriptor: CInt
  private let now: @Sendable () -> HeartbeatTime
  private let beat: Mutex<Beat>

  /// For the process that holds the lock of the store at `path`. `every`: milliseconds between two of its cycles; nil for a
  /// single one. Throws `StoreError.unusable`.
  package init(
    path: String, every: Int64?, now: @escaping @Sendable () -> HeartbeatTime = HeartbeatTime.now
  ) throws(StoreError) {
    let file = StoreLock.resolved(path) + StoreFiles.lock
    descriptor = openFile(file, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw StoreError.unusable("\(file) cannot be opened: \(String(cString: strerror(errno)))")
    }
    self.now = now
    var beat = Beat(process: getpid(), after: Beat(reading: descriptor))
    beat.every = every
    self.beat = Mutex(beat)
    beat.write(to: descriptor)
  }

  deinit { close(descriptor) }

  package func cycleBegan() { change { $0.began = now() } }

  package func cycleEnded() { change { $0.ended = now() } }

  /// Tells which holds were seen; from then on no message that they cover is handed to a gateway.
  func acknowledge(_ holds: [Beat.Acknowledged]) { change { $0.holds = holds } }

  private func change(_ body: (inout Beat) -> Void) {
    beat.withLock { beat in
      let before = beat
      body(&beat)
      if beat != before { beat.write(to: descriptor) }
    }
  }

  /// What the process that runs on a store, or ran last, has told; nil for one that tells nothing.
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
