import Dispatch
internal import GRDB
import Routing
import Synchronization

/// Keeps the sender of this process from sending what is on hold, and acknowledges each hold in the heartbeat.
///
/// Whether a message may leave and whether a hold was seen are decided under one lock, so a hold that was acknowledged
/// covers every message that is not counted with it. Before each message it looks whether there is a hold file, which
/// `usher hold` writes first and removes when it is acknowledged; rows are looked at every 50 ms, and before each claim.
package final class HoldWatch: SendingGate {
  private struct State {
    var rows: [SendingHold] = []
    /// What the hold file stated when it was last there, until the rows were read after it was gone.
    var stated: [SendingHold] = []
    /// What is with a gateway now.
    var withGateway: [MessageKey: TenantID] = [:]
    /// Whether the heartbeat names a hold.
    var hasAcknowledged = false
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

  /// The timer is used by the initialiser and by `deinit` alone.
  private struct Timer: @unchecked Sendable { let source: any DispatchSourceTimer }

  /// For the process that holds the store's lock. Throws when the holds cannot be read.
  package init(_ store: SQLiteStore, heartbeat: Heartbeat) throws {
    (self.store, self.heartbeat) = (store, heartbeat)
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
    timer.source.schedule(deadline: .now() + HoldWatch.interval, repeating: HoldWatch.interval)
    timer.source.resume()
  }

  deinit { timer.source.cancel() }

  /// Ends the looks. The store's own connections are then the last ones, which move its log into its file.
  package func close() {
    timer.source.cancel()
    queue.sync {}
    try? connection.close()
  }

  package func refresh() throws -> [SendingHold] {
    guard store.holdFile.isThere else { return try look() }
    // A store that is locked is not a reason to send: the file counts without a row.
    try? store.recordHoldFile()
    let holds = try look()
    // What is in a row, and was seen there, no longer needs the file.
    let recorded = state.withLock { $0.rows }
    try store.holdFile.remove { stated in recorded.contains { $0.hasScope(of: stated) } }
    return holds
  }

  package func admit(_ message: Message) -> SendingHold? {
    state.withLock { state in
      if let hold = inForce(&state).covering(message.tenant) { return hold }
      state.withGateway[message.key] = message.tenant
      return nil
    }
  }

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

  /// A hold that was seen in the file is over, or in the store, when the file is gone: the rows are read before anything
  /// passes. While they cannot be read it stays in force.
  private func inForce(_ state: inout State) -> [SendingHold] {
    if store.holdFile.isThere {
      state.stated = store.holdFile.holds()
    } else if !state.stated.isEmpty, let rows = try? readRows() {
      (state.rows, state.stated) = (rows, [])
    }
    return state.rows.joined(by: state.stated)
  }

  private func readRows() throws -> [SendingHold] {
    try StoreError.translating(path: store.path) { try connection.unsafeRead { try HoldRows.inForce($0) } }
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
