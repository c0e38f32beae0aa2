import Dispatch
internal import GRDB
import Routing
import StoreSQL
import Synchronization

/// Keeps the sender of this process from sending what is on hold, and acknowledges each hold in the heartbeat.
///
/// Whether a message may leave and whether a hold was seen are decided under one lock, so a hold that was acknowledged
/// covers every message that is not counted with it. Before each message it looks whether there is a hold file, which
/// `usher hold` writes first and removes when it is acknowledged; rows are looked at every 50 ms, and before each claim.
package final class HoldWatch: SendingGate {
  private struct State {
    var rows: [SendingHold] = []
    /// What the hold file states, and what it stated before for as long as the rows were not read since.
    var stated: [SendingHold] = []
    /// What is with a gateway now.
    var withGateway: [MessageKey: TenantID] = [:]
    /// Whether the heartbeat names a hold.
    var hasAcknowledged = false
    /// That the hold file cannot be cleaned up.
    var cleanUp = OnceNotice()
  }

  /// How often holds are looked for while nothing is sent.
  private static let interval = DispatchTimeInterval.milliseconds(50)
  /// How long a look waits for another program's lock; seconds.
  private static let busyTimeout = 1.0

  private let store: SQLiteStore
  private let heartbeat: Heartbeat
  /// A connection of its own: the store's are busy with long reads and writes.
  private let connection: DatabaseQueue
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "usher.holds")
  private let timer: Timer
  /// Reads the hold file.
  private let statedNow: @Sendable () -> [SendingHold]

  /// The timer is used by the initialiser and by `deinit` alone.
  private struct Timer: @unchecked Sendable { let source: any DispatchSourceTimer }

  /// For the process that holds the store's lock. Throws when the holds cannot be read.
  package convenience init(_ store: SQLiteStore, heartbeat: Heartbeat) throws {
    try self.init(store, heartbeat: heartbeat, interval: HoldWatch.interval, stated: store.holdFile.holds)
  }

  /// `interval` nil: looks only when it is asked.
  init(
    _ store: SQLiteStore, heartbeat: Heartbeat, interval: DispatchTimeInterval?,
    stated: @escaping @Sendable () -> [SendingHold]
  ) throws {
    (self.store, self.heartbeat, statedNow) = (store, heartbeat, stated)
    connection = try StoreError.translating(path: store.path) {
      var configuration = Configuration()
      // Not read-only, though it only reads: the connection that is closed last removes the write-ahead log.
      configuration.busyMode = .timeout(HoldWatch.busyTimeout)
      configuration.label = "usher.holds"
      return try DatabaseQueue(path: store.path, configuration: configuration)
    }
    timer = Timer(source: DispatchSource.makeTimerSource(queue: queue))
    try look()
    timer.source.setEventHandler { [weak self] in
      // The store may be locked for a moment. The sender looks too, and says what went wrong.
      _ = try? self?.look()
    }
    if let interval { timer.source.schedule(deadline: .now() + interval, repeating: interval) }
    timer.source.resume()
  }

  deinit { timer.source.cancel() }

  /// Ends the looks. The store's own connections are then the last ones, which move its log into its file.
  package func close() {
    timer.source.cancel()
    queue.sync {}
    try? connection.close()
  }

  /// Records what the hold file states, reads the rows, and cleans the file up. Throws when the rows cannot be read.
  package func refresh() throws -> [SendingHold] {
    let stated = statedNow()
    guard !stated.isEmpty else { return try look() }
    // A store that is locked is not a reason to send: the file counts without a row.
    try? store.record(stated)
    let holds = try look()
    cleanUp(stated)
    return holds
  }

  /// That of the heartbeat's lock file.
  package func lockProblem() -> String? { heartbeat.lockProblem() }

  /// Nil also when the store cannot be read.
  package func release(of hold: SendingHold) -> HoldRelease? {
    (try? read { try HoldRows.release(of: hold, in: $0) }) ?? nil
  }

  /// At most two: on the hold file, and on the heartbeat.
  package func takeNotices() -> [String] {
    [state.withLock { $0.cleanUp.take() }, heartbeat.takeNotice()].compactMap(\.self)
  }

  /// Takes out of the hold file what no longer needs it: holds that were seen as rows, or whose row was released. `stated`
  /// was read before the rows: a hold that came into the file since stays. A file that cannot be changed stops what it states,
  /// and nothing else.
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

  /// Costs a look at the folder, and a read of the holds when the hold file lost one.
  package func admit(_ message: Message) -> SendingHold? {
    state.withLock { state in
      if let hold = inForce(&state).covering(message.tenant) { return hold }
      state.withGateway[message.key] = message.tenant
      return nil
    }
  }

  /// Publishes the new count at once while a hold is in force.
  package func finished(_ message: Message) {
    state.withLock { state in
      state.withGateway[message.key] = nil
      // Told at once that it is no longer there, where somebody may wait for it.
      if state.hasAcknowledged { acknowledge(inForce(&state), &state) }
    }
  }

  /// Reads what is in force and acknowledges it. When the rows cannot be read, those that were read last count, with what
  /// the file states.
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

  /// A hold that has left the file is over, or a row by now: the rows are read before anything passes. While they cannot be
  /// read it stays in force.
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
