import ArgumentParser
import Daemon
import Foundation
import Routing

/// The options that `serve` and `tick` share.
struct ServiceArguments: ParsableArguments {
  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var sending: SendOptions
  @OptionGroup var suspension: SuspensionOptions
  @OptionGroup var pinning: PinningOptions

  /// The options as values, with this process's id and actor. `clock`: the time of its cycles.
  func options(clock: any Clock) -> ServiceOptions {
    var options = ServiceOptions(
      store: store.store, processID: getpid(), actor: Actor(SystemUser.current.text), clock: clock,
      machineTime: SystemClock().now(), stopwatch: { stopwatch() })
    options.rules = rules.rules
    options.sent = sending.messages
    options.suspendAfter = suspension.suspendAfter
    options.isPinned = pinning.pinned
    return options
  }
}
