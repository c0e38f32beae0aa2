import ArgumentParser
import Operations
import Routing
import Stores

struct ReleaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "End a hold: sending goes on.",
    discussion: """
      Ends what `usher hold` began for the same scope. The holds of tenants and that of the whole store are independent: what
      is still on hold is said. Where nothing is on hold the command says so and exits 0.

        usher release --reason 'the outage is over'
        usher release --tenant acme --reason 'the text is corrected'
      """)

  @OptionGroup var store: StoreOptions
  @Option(help: "The hold of this tenant; without it that of the whole store.", completion: .tenants) var tenant:
    String?
  @OptionGroup var order: OperatorOptions

  func validate() throws { _ = try order.expectedReason(for: "a release") }

  func run() throws {
    let tenant = tenant.map(TenantID.init(stored:))
    if let tenant, try !Stores.statedHolds(of: store.file()).contains(where: { $0.tenant == tenant }) {
      try HoldScope.check(tenant, in: store)
    }
    let release = try store.openToWrite(as: order.actor).releaseHold(
      of: tenant, reason: try order.expectedReason(for: "a release"), actor: order.actor, at: SystemClock().now())
    let scope = tenant.map { "sending for \($0)" } ?? "sending"
    let others = release.remaining.filter { $0.tenant == tenant }
    if let released = release.released {
      Talk.say("released: \(scope) was on hold\(released.details)")
    } else if others.isEmpty, !release.hasRemovedFile {
      Talk.say("\(scope) is not on hold: nothing to release")
    }
    if release.hasRemovedFile { Talk.say("released: the hold file that could not be read is removed") }
    if let notice = release.notice { Talk.say(notice) }
    for hold in release.remaining { Talk.say("still in force: \(hold.sentence)") }
    guard release.released == nil, let other = others.first else { return }
    throw Problem(
      .holdUncertain,
      "this hold is of kind '\(other.kind.rawValue)' and cannot be released by `usher release`, which ends holds of "
        + "kind 'operator'; remove its cause")
  }
}
