import Dispatch
internal import GRDB
import Routing
import StoreSQL
import Synchronization

/// Keeps this process's sender from sending messages on hold, and acknowledges each hold in the heartbeat.
///
/// Sending a message and seeing a hold are decided under one lock, so an acknowledged hold covers every message that
/// its count does not include. Before each message it checks for the hold file, which `usher hold` writes first and
/// removes once it is acknowledged; it reads the rows every 50 ms and before each claim.
package final class HoldWatch: SendingGate {
  private struct State {
    var rows: [SendingHold] = []
    /// The holds in the hold file; those that have left it stay here until the rows were read again.
    var stated: [SendingHold] = []
    /// Messages that are with a gateway now.
    var withGateway: [MessageKey: TenantID] = [:]
    /// Whether the heartbeat names a hold.
    var hasAcknowledged = false
    /// Reports that the hold file cannot be cleaned up.
    var cleanUp = OnceNotice()
  }

  /// How often it checks for holds while nothing is sent.
  private static let interval = DispatchTimeInterval.milliseconds(50)
  /// How long a check waits for another program's lock, in seconds.
  private static let busyTimeout = 1.0

  private let store: SQLiteStore
  private let heartbeat: Heartbeat
  /// A separate connection: the store's are busy with long reads and writes.
  private let connection: DatabaseQueue
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "usher.holds")
  private let timer: Timer
  /// Reads the hold file.
  private let statedNow: @Sendable () -> [SendingHold]

  /// Safe: only the initialiser and `deinit` use the timer.
  private struct Timer: @unchecked Sendable { let source: any DispatchSourceTimer }

  /// For the process that holds the store's lock. Throws if the holds cannot be read.
  package convenience init(_ store: SQLiteStore, heartbeat: Heartbeat) throws {
    try self.init(store, heartbeat: heartbeat, interval: HoldWatch.interval, stated: store.holdFile.holds)
  }

  /// `interval` nil checks only on request.
  init(
    _ store: SQLiteStore, heartbeat: Heartbeat, interval: DispatchTimeInterval?,
    stated: @escaping @Sendable () -> [SendingHold]
  ) throws {
    (self.store, self.heartbeat, statedNow) = (store, heartbeat, stated)
    connection = try StoreError.translating(path: store.path) {
      var configuration = Configuration()
      // Not read-only although it only reads: the connection that closes last removes the write-ahead log.
      configuration.busyMode = .timeout(HoldWatch.busyTimeout)
      configuration.label = "usher.holds"
      return try DatabaseQueue(path: store.path, configuration: configuration)
    }
    timer = Timer(source: DispatchSource.makeTimerSource(queue: queue))
    try look()
    timer.source.setEventHandler { [weak self] in
      // The store may be locked briefly. The sender checks too, and reports errors.
      _ = try? self?.look()
    }
    if let interval { timer.source.schedule(deadline: .now() + interval, repeating: interval) }
    timer.source.resume()
  }

  deinit { timer.source.cancel() }

  /// Stops the checks. The store's own connections are then the last to close, and move its log into its file.
  package func close() {
    timer.source.cancel()
    queue.sync {}
    try? connection.close()
  }

  /// Records the hold file's holds as rows, reads the rows, and cleans the file up. Throws if the rows cannot be read.
  package func refresh() throws -> [SendingHold] {
    let stated = statedNow()
    guard !stated.isEmpty else { return try look() }
    // A locked store is no reason to send: the file counts without a row.
    try? store.record(stated)
    let holds = try look()
    cleanUp(stated)
    return holds
  }

  /// The problem of the heartbeat's lock file.
  package func lockProblem() -> String? { heartbeat.lockProblem() }

  /// Nil also if the store cannot be read.
  package func release(of hold: SendingHold) -> HoldRelease? {
    (try? read { try HoldRows.release(of: hold, in: $0) }) ?? nil
  }

  /// At most two: for the hold file and for the heartbeat.
  package func takeNotices() -> [String] {
    [state.withLock { $0.cleanUp.take() }, heartbeat.takeNotice()].compactMap(\.self)
  }

  /// Removes holds from the file that no longer need it: those that were seen as rows, or whose row was released.
  /// `stated` was read before the rows, so a hold added to the file since then stays. A file that cannot be changed
  /// keeps its holds in force, and affects nothing else.
  private func cleanUp(_ stated: [SendingHold]) {
    let rows = state.withLock { $0.rows }
    let problem: String?
    do {
      let over = try stated.filter { hold in
        guard hold.kind == .operator else { return false }
        return try rows.contains { $0.hasScope(of: hold) } || read { try HoldRows.isOnRecord(hold, in: $0) }
      }
      problem = over.isEmpty ? nil : try store.holdFile.remove { over.contains($0) }
    } catch StoreError.unusable(let text) {
      problem = text
    } catch {
      problem = "\(error)"
    }
    state.withLock { $0.cleanUp.note(problem) }
  }

  /// Costs one file lookup, and a read of the rows if the hold file lost a hold.
  package func admit(_ message: Message) -> SendingHold? {
    state.withLock { state in
      if let hold = inForce(&state).covering(message.tenant) { return hold }
      state.withGateway[message.key] = message.tenant
      return nil
    }
  }

  /// Publishes the new count immediately while a hold is in force.
  package func finished(_ message: Message) {
    state.withLock { state in
      state.withGateway[message.key] = nil
      // Publish immediately that the message has left the gateway: `usher hold` may be waiting for it.
      if state.hasAcknowledged { acknowledge(inForce(&state), &state) }
    }
  }

  /// Reads the holds in force and acknowledges them. If the rows cannot be read, uses the last ones read, and the
  /// file's holds.
  @discardableResult
  private func look() throws -> [SendingHold] {
    try state.withLock { state in
      let read = Result { try readRows() }
      if case .success(let rows) = read { state.rows = rows }
      let holds = inForce(&state)
      acknowledge(holds, &state)
      _ = try read.get()
      return holds
    }
  }

  /// A hold that left the file is either over or a row by now, so the rows are read before anything is sent. Until they
  /// can be read, the hold stays in force.
  private func inForce(_ state: inout State) -> [SendingHold] {
    let next = statedNow()
    let gone = state.stated.filter { !next.contains($0) }
    if gone.isEmpty {
      state.stated = next
    } else if let rows = try? readRows() {
      (state.rows, state.stated) = (rows, next)
    } else {
      state.stated = next + gone
    }
    return state.rows.joined(by: state.stated)
  }

  private func readRows() throws -> [SendingHold] { try read { try HoldRows.inForce($0) } }

  private func read<Result>(_ body: (any SQLConnection) throws -> Result) throws -> Result {
    try StoreError.translating(path: store.path) {
      try connection.unsafeRead { db in try body(SQLiteConnection(db, dialect: store.dialect)) }
    }
  }

  private func acknowledge(_ holds: [SendingHold], _ state: inout State) {
    let withGateway = state.withGateway.values
    state.hasAcknowledged = !holds.isEmpty
    heartbeat.acknowledge(
      holds.map { hold in
        let count = withGateway.count { hold.tenant == nil || hold.tenant == $0 }
        return Beat.Acknowledged(key: hold.key, withGateway: count)
      })
  }
}
