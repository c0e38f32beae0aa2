import ArgumentParser
import Foundation
import Operations
import Routing
import Stores
import Wire

struct HoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Stop all sending now, or a tenant's; deciding goes on.",
    discussion: """
      When the command returns 0, nothing more is handed to a gateway, and it has said how many messages a gateway has already.
      The hold survives restarts, and lasts until `usher release`. It works while another program locks the store: the file
      STORE.hold beside it is written first.

      If the process that sends does not answer within --wait seconds, the hold stays in force, the command says what is
      not certain, and exits 1.

        usher hold --reason 'the provider reports an outage'
        # one tenant alone
        usher hold --tenant acme --reason 'wrong prices in the text' --as ann
      """)

  @OptionGroup var store: StoreOptions
  @Option(help: "One tenant alone; without it everything stops.", completion: .tenants) var tenant: String?
  @OptionGroup var order: OperatorOptions
  @Option(help: ArgumentHelp("Seconds that the sender has to answer, 0 to 600.", valueName: "seconds")) var wait = 10.0

  func validate() throws {
    _ = try order.expectedReason(for: "a hold")
    guard (0...600).contains(wait) else {
      throw ValidationError("--wait: expected 0 to 600 seconds, found \(wait)")
    }
  }

  func run() throws {
    let path = try store.file()
    let tenant = tenant.map(TenantID.init(stored:))
    if let tenant { try HoldScope.check(tenant, in: store) }
    let clock = SystemClock()
    let reason = try order.expectedReason(for: "a hold")
    let outcome = try Stores.stopSending(
      path, SendingHold(tenant: tenant, reason: reason, actor: order.actor, at: clock.now()),
      waitMilliseconds: Int64(wait * 1000), clock: clock)
    Talk.say(outcome.isNew ? outcome.hold.sentence : "already: \(outcome.hold.sentence)")
    if !outcome.isNew, outcome.hold.kind == .operator, outcome.hold.reason != reason {
      Talk.say("the reason of the first hold stays; yours is not recorded")
    }
    if let unrecorded = outcome.unrecorded {
      Talk.say(HoldCommand.text(of: unrecorded, file: Stores.holdFile(of: path)))
    }
    for notice in outcome.notices { Talk.say(notice) }
    try say(outcome.certainty)
  }

  private static func text(of unrecorded: StopOutcome.Unrecorded, file: String) -> String {
    switch unrecorded {
    case .unwritable(let text):
      "the hold is in the file \(file) alone, as the store cannot be written: \(text); "
        + "it is in force, and the next process that can write the store records it"
    case .olderVersion(let version, let current):
      "the hold is in the file \(file) alone: the store is of version \(version), older than version \(current) of this "
        + "usher; the hold is in force, and the next command that upgrades the store, such as `usher tick`, records it"
    }
  }

  private func say(_ certainty: StopOutcome.Certainty) throws {
    switch certainty {
    case .nothingRuns(0), .acknowledged(_, 0): break
    case .nothingRuns(let count):
      Talk.say(
        count == 1
          ? "1 message was with a gateway when its process ended; the next one finds out what became of it"
          : "\(count) messages were with a gateway when their process ended; the next one finds out what became of them"
      )
    case .acknowledged(_, let count):
      Talk.say(
        count == 1
          ? "1 message is with the gateway and cannot be recalled"
          : "\(count) messages are with the gateway and cannot be recalled")
    case .leaseOver(let holder):
      throw Problem(
        .holdUncertain,
        "\(holder.name) has not acknowledged the hold, and the lease of the messages that it had claimed is over: 1 message "
          + "that it was about to hand over may still leave when it goes on, the others do not. \(inForce(holder))")
    case .silent(let holder, let claimed):
      throw Problem(
        .holdUncertain,
        "\(holder.name) has not acknowledged the hold within \(JSONWriter().string(.number(wait))) s: "
          + "\(HoldCommand.uncertain(claimed)) \(inForce(holder))")
    case .knowsNoHolds(let holder):
      throw Problem(
        .holdUncertain,
        "\(holder.name) is of an older version, which knows no holds and goes on sending: stop it"
          + (holder.isForeign ? "" : " with `kill \(holder.process)`")
          + "; the hold is in force for every process that starts now")
    case .unseen(let leased):
      throw Problem(
        .invalidInput,
        "no process is seen to run on this store, but \(leased) claimed \(leased == 1 ? "message is" : "messages are") not "
          + "finished: their process ended less than two minutes ago, or it still runs and its lock file was deleted. Then one "
          + "message may still leave. The hold stays in force; check with `ps` that no usher runs, then run this command again"
      )
    case .unknown(let reason):
      throw Problem(
        .holdUncertain,
        "cannot tell whether a process sends: \(reason). The hold stays in force for every process that can read it; run "
          + "this command as the user that runs `usher serve`")
    }
  }

  private func inForce(_ holder: LockHolder) -> String {
    "The hold stays in force; if the process was stopped, end it"
      + (holder.isForeign ? " where it runs" : " with `kill -KILL \(holder.process)`")
  }

  private static func uncertain(_ claimed: Int?) -> String {
    switch claimed {
    case nil:
      "the store cannot be read, so how many messages it has claimed is not known. One may still reach a gateway."
    case 0: "it has claimed no message, so none can be with a gateway."
    case let count?:
      "of the \(count) messages that it has claimed, any may be with a gateway already, and one may still be handed over "
        + "when it goes on; the others are not."
    }
  }
}

/// The tenant that a hold or a release names.
enum HoldScope {
  /// A stop waits no longer than this for another program's lock before it writes the hold file; seconds.
  private static let busyTimeout = 0.5

  /// Throws a `Problem` with the nearest name when the store has no such tenant. A store that cannot be read now is no
  /// reason not to stop.
  static func check(_ tenant: TenantID, in options: StoreOptions) throws {
    let path = try options.file()
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
