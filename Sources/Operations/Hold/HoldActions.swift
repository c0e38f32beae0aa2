import Routing
import Stores
import Wire

/// Stops sending for the whole store or for one tenant, even while another program locks the store. Deciding goes on.
package struct StartHold {
  /// The action that requires a reason, for errors.
  package static let action = "a hold"

  private let tenant: TenantID?
  private let waitMilliseconds: Int64

  /// `tenant` nil: the whole store. `waitMilliseconds`: how long the process that sends has to acknowledge the hold.
  package init(tenant: TenantID?, waitMilliseconds: Int64) {
    (self.tenant, self.waitMilliseconds) = (tenant, waitMilliseconds)
  }

  /// Starts the hold at the time of `clock`, and waits for the running process. A scope that is already on hold keeps its hold.
  ///
  /// Throws `reasonRequired`, `tenantNotFound` if the store could be read, and `storeUnusable` if the hold can be written
  /// nowhere. `StopOutcome.uncertainty` reports whether sending has stopped.
  package func run(onStoreAt path: String, by note: OperatorNote, clock: any Clock) throws -> StopOutcome {
    if let tenant { try HoldScope.expect(tenant, inStoreAt: path) }
    let reason = try note.expectReason(for: Self.action)
    let hold = SendingHold(tenant: tenant, reason: reason, actor: note.actor, at: clock.now())
    return try Stores.stopSending(path, hold, waitMilliseconds: waitMilliseconds, clock: clock)
  }
}

/// Ends the operator's hold of the whole store or of one tenant.
package struct ReleaseHold {
  /// The action that requires a reason, for errors.
  package static let action = "a release"

  private let tenant: TenantID?

  /// `tenant` nil: the hold of the whole store. Holds of tenants are independent of it.
  package init(tenant: TenantID?) { self.tenant = tenant }

  /// Throws `tenantNotFound` for a tenant that neither the store nor its hold file knows. Call it before the store is
  /// opened to write, which may upgrade it.
  package func check(storeAt path: String) throws {
    if let tenant, !Stores.statedHolds(of: path).contains(where: { $0.tenant == tenant }) {
      try HoldScope.expect(tenant, inStoreAt: path)
    }
  }

  /// Releases the hold. Throws `reasonRequired`. A scope that is not on hold is no error.
  package func run(on store: any OperatorStore, by note: OperatorNote) throws -> ReleaseOutcome {
    try store.releaseHold(
      of: tenant, reason: try note.expectReason(for: Self.action), actor: note.actor, at: note.at)
  }
}

extension StopOutcome {
  /// Why sending may not have stopped: `holdUncertain`; nil if it has. `waitSeconds`: how long the process had to answer.
  package func uncertainty(waitSeconds: Double) -> Problem? {
    switch certainty {
    case .nothingRuns, .acknowledged: nil
    case .leaseOver(let holder):
      Problem(
        .holdUncertain,
        "\(holder.name) has not acknowledged the hold, and the lease of the messages that it claimed has expired: 1 message "
          + "that it was about to hand over may still be sent when it continues; the others will not. "
          + StopOutcome.inForce(holder))
    case .silent(let holder, let claimed):
      Problem(
        .holdUncertain,
        "\(holder.name) has not acknowledged the hold within \(JSONWriter().string(.number(waitSeconds))) s: "
          + "\(StopOutcome.doubt(claimed)) \(StopOutcome.inForce(holder))")
    case .knowsNoHolds(let holder):
      Problem(
        .holdUncertain,
        "\(holder.name) is of an older version, which does not support holds and continues sending: stop it"
          + (holder.isForeign ? "" : " with `kill \(holder.process)`")
          + "; the hold is in force for every process that starts now")
    case .unseen(let leased):
      Problem(
        .holdUncertain,
        "found no process that runs on this store, but \(leased) claimed \(leased == 1 ? "message is" : "messages are") not "
          + "finished: their process ended less than two minutes ago, or it still runs and its lock file was deleted. Then "
          + "one message may still be sent. The hold stays in force; check with `ps` that no usher runs, then run this "
          + "command again"
      )
    case .unknown(let reason):
      Problem(
        .holdUncertain,
        "cannot tell whether a process sends: \(reason). The hold stays in force for every process that can read it; run "
          + "this command as the user that runs `usher serve`")
    }
  }

  private static func inForce(_ holder: LockHolder) -> String {
    "The hold stays in force; if the process was stopped, end it"
      + (holder.isForeign ? " where it runs" : " with `kill -KILL \(holder.process)`")
  }

  /// How many of the messages that a silent process has claimed may still be sent.
  private static func doubt(_ claimed: Int?) -> String {
    switch claimed {
    case nil:
      "the store cannot be read, so the number of messages that it claimed is unknown. One may still reach a gateway."
    case 0: "it has claimed no message, so none can be with a gateway."
    case let count?:
      "of the \(count) messages that it has claimed, any may already be with a gateway; when it continues, one more may be "
        + "handed over, and the others will not."
    }
  }
}

extension ReleaseOutcome {
  /// The holds that are still in force for the same scope.
  package func remaining(of tenant: TenantID?) -> [SendingHold] { remaining.filter { $0.tenant == tenant } }

  /// `stateConflict` if nothing was released and a hold of another kind is in force for the scope; nil otherwise.
  package func conflict(of tenant: TenantID?) -> Problem? {
    guard released == nil, let other = remaining(of: tenant).first else { return nil }
    return Problem(
      .stateConflict,
      "this hold is of kind '\(other.kind.rawValue)' and cannot be released by `usher release`, which ends holds of "
        + "kind 'operator'; \(Self.remedy(other.kind))")
  }

  private static func remedy(_ kind: SendingHold.Kind) -> String {
    kind == .clock ? ClockHold.advice : "remove its cause"
  }
}

/// The tenant that a hold or a release names.
private enum HoldScope {
  /// A stop waits no longer than this for another program's lock before it writes the hold file; seconds.
  static let busyTimeout = 0.5

  /// Throws `tenantNotFound` with the nearest name. A store that cannot be read now is no reason not to stop.
  static func expect(_ tenant: TenantID, inStoreAt path: String) throws {
    guard let store = try? Stores.openToLook(path, busyTimeout: busyTimeout),
      let all = try? store.read({ try $0.tenants().map(\.id) })
    else {
      return
    }
    guard !all.contains(tenant) else { return }
    let nearest = EditDistance.nearest(to: tenant.text, among: all.map(\.text))
    throw Problem(
      .tenantNotFound, "there is no tenant '\(tenant)'" + (nearest.map { "; the nearest is '\($0)'" } ?? ""))
  }
}
