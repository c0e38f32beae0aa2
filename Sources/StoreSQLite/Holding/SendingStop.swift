import Routing
import StoreSQL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Puts sending on hold: first the hold file, then the row, then the acknowledgement of the sending process.
package struct SendingStop {
  /// How long it waits to write the row, in seconds.
  package static let busyTimeout = 5.0
  /// Microseconds between two checks for an acknowledgement.
  private static let pause: UInt32 = 10_000

  private let path: String
  private let file: HoldFile
  private let waitMilliseconds: Int64
  private let clock: any Clock

  /// `waitMilliseconds` is the time the sender has to acknowledge.
  package init(store path: String, waitMilliseconds: Int64, clock: any Clock) {
    (self.path, self.waitMilliseconds, self.clock) = (path, waitMilliseconds, clock)
    file = HoldFile(of: path)
  }

  /// Throws `StoreError` if neither file nor row can be written, and if there is no store at the path.
  package func run(_ wanted: SendingHold) throws -> StopOutcome {
    try StoreFile(path: path).check(for: .readOnly)
    try StoreFile(path: path).checkSingleName()
    // A store that cannot be read now can still be put on hold; a file that is not a store cannot.
    let found = try? SQLiteStore.identity(of: path)
    try found?.check(path: path, mode: .readWrite, migrations: .all)
    var notices: [String] = []
    let (stated, fileProblem) = state(wanted, &notices)
    var hold = stated ?? wanted
    // An unreadable file stops everything, but it is not the requested hold.
    if !hold.hasScope(of: wanted) { hold = wanted }
    let unrecorded = try record(&hold, found, wanted)
    if let unrecorded, let fileProblem { throw StoreError.unusable("\(unrecorded.text); and \(fileProblem)") }
    // Without a row, the sender sees only an unreadable hold file.
    let seenAs = unrecorded != nil && stated?.kind == .unreadable ? stated ?? hold : hold
    let certainty = certainty(of: hold, seenAs: seenAs.key)
    // Without an acknowledgement the file stays, for the sender to find later.
    if unrecorded == nil, isCertain(certainty) { cleanUp(hold, &notices) }
    return StopOutcome(
      hold: hold, isNew: hold == wanted, unrecorded: unrecorded, certainty: certainty, notices: notices)
  }

  /// Writes the file. Returns the hold that is in it from now on, or why there is none.
  private func state(_ wanted: SendingHold, _ notices: inout [String]) -> (SendingHold?, problem: String?) {
    do {
      let added = try file.add(wanted)
      notices += [added.notice].compactMap(\.self)
      return (added.hold, nil)
    } catch StoreError.unusable(let text) {
      return (nil, text)
    } catch {
      return (nil, "\(error)")
    }
  }

  /// Makes `hold` a row, or replaces it with the row that its scope already has. Returns why there is no row.
  ///
  /// Never upgrades a store, which takes longer the larger it is. Throws `OperatorError` for an unknown tenant.
  private func record(
    _ hold: inout SendingHold, _ found: StoreIdentity?, _ wanted: SendingHold
  ) throws -> StopOutcome.Unrecorded? {
    do {
      let found = try found ?? SQLiteStore.identity(of: path, busyTimeout: SendingStop.busyTimeout)
      let current = Migrations.all.version
      guard found.version >= current else { return .olderVersion(found.version, current: current) }
      let store = try SQLiteStore.open(
        at: path, mode: .readWrite, migrations: .all, busyTimeout: SendingStop.busyTimeout)
      hold = try store.startHold(hold)
      return nil
    } catch let problem as OperatorError {
      // Removes only this hold; one that was in the file before stays.
      _ = try? file.remove { $0 == wanted }
      throw problem
    } catch StoreError.unusable(let text) {
      return .unwritable(text)
    }
  }

  /// Removes a hold that is now a row from the file. The sender does the same later.
  private func cleanUp(_ hold: SendingHold, _ notices: inout [String]) {
    do {
      notices += [try file.remove { $0.hasScope(of: hold) }].compactMap(\.self)
    } catch StoreError.unusable(let text) {
      notices.append("the hold is in the store; " + text)
    } catch {
      notices.append("\(error)")
    }
  }

  private func isCertain(_ certainty: StopOutcome.Certainty) -> Bool {
    switch certainty {
    case .nothingRuns, .acknowledged: true
    case .leaseOver, .silent, .knowsNoHolds, .unseen, .unknown: false
    }
  }

  // MARK: - The sender's state

  /// `key` is the hold's key as the sender knows it.
  private func certainty(of hold: SendingHold, seenAs key: String) -> StopOutcome.Certainty {
    let start = HeartbeatTime.now()
    let hadClaims = claimed(hold)?.leased ?? 0 > 0
    while true {
      let holder: LockHolder
      switch StoreLock.status(path: path) {
      case .held(let found): holder = found
      case .unknown(let reason): return .unknown(reason)
      case .free: return withoutProcess(hold)
      }
      let beat = Heartbeat.last(path: path)
      if let beat, beat.process == holder.process, let seen = beat.holds.first(where: { $0.key == key }) {
        return .acknowledged(process: holder.process, withGateway: seen.withGateway)
      }
      if start.age(at: HeartbeatTime.now()) >= waitMilliseconds {
        guard beat != nil else { return .knowsNoHolds(holder) }
        let claims = claimed(hold)
        if hadClaims, claims?.leased == 0 { return .leaseOver(holder) }
        return .silent(holder, claimed: claims?.all)
      }
      usleep(SendingStop.pause)
    }
  }

  private func withoutProcess(_ hold: SendingHold) -> StopOutcome.Certainty {
    let claims = claimed(hold)
    if let leased = claims?.leased, leased > 0 { return .unseen(leased: leased) }
    return .nothingRuns(claimed: claims?.all ?? 0)
  }

  /// Nil if the store cannot be read.
  private func claimed(_ hold: SendingHold) -> (all: Int, leased: Int)? {
    guard let store = try? SQLiteStore.open(at: path, mode: .readOnly, migrations: .all, busyTimeout: 1) else {
      return nil
    }
    return try? store.claimed(of: hold.tenant, at: clock.now())
  }
}

extension StopOutcome.Unrecorded {
  fileprivate var text: String {
    switch self {
    case .unwritable(let text): text
    case .olderVersion(let version, let current):
      "the store has version \(version), which has no table for holds: `usher store upgrade` brings it to \(current)"
    }
  }
}
