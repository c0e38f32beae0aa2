import Delivery
import Files
import Logging
import Operations
import Policies
import PolicyTesting
import Routing
import Sequencing
import ServiceLifecycle
import Stores

/// The composition root: makes everything that runs on a store, from options alone. The program and its tests call it.
///
/// The order matters. The log comes first, so that every later step can report to it. The lock comes before the store is opened,
/// since opening may upgrade it; `StoreProcess` does both and becomes the leader, after which no earlier process can write. The
/// cycle and the sender come last, since both write in the leader's name. The gateway's file is opened with the sender: a
/// process that was refused has not touched it.
///
/// Services end in reverse order. The log of activity is the first, so that it writes the last sums when the others have ended.
///
/// The services share one `StoreProcess`, so the store is unlocked when the last of them goes. If a step throws, what was taken
/// before is given back.
package func buildServices(_ options: ServiceOptions) throws -> [any Service] {
  let logger = makeLogger(options)
  let notify: (String) -> Void = { logger.notice("\($0)") }
  let process = try StoreProcess(options, every: options.every, notify: notify)
  let cycle = try makeCycle(options, on: process, budget: TimeBudget())
  let sender = try makeSender(options, on: process, notify: notify)
  let round = ServiceRound(process: process, logger: logger, sleep: options.sleep)
  let activity = ActivityLog(logger: logger, clock: options.clock)
  return [
    activity,
    CycleService(
      cycle: cycle, round: round, activity: activity, clock: options.clock, every: options.every,
      processID: options.processID),
    SenderService(sender: sender, round: round, activity: activity, every: min(options.every, .seconds(1))),
  ]
}

/// Makes a single cycle. `sends`: whether messages are sent after it; the gateway's file is not touched otherwise. `notify`
/// receives a sentence for each additional action. Throws the errors of `buildServices`.
package func buildTick(_ options: ServiceOptions, sends: Bool, notify: (String) -> Void) throws -> Tick {
  let process = try StoreProcess(options, every: nil, notify: notify)
  let cycle = try makeCycle(options, on: process, budget: nil)
  return Tick(
    process: process, cycle: cycle, sender: sends ? try makeSender(options, on: process, notify: notify) : nil)
}

/// The log of a process.
func makeLogger(_ options: ServiceOptions) -> Logger {
  var logger = Logger(label: "usher") { _ in
    LineLogHandler(format: options.logFormat, clock: options.clock, write: options.log)
  }
  logger.logLevel = .info
  return logger
}

private func makeCycle(
  _ options: ServiceOptions, on process: StoreProcess, budget: TimeBudget?
) throws -> Cycle {
  let catalog = try FindRules(options.rules, store: process.path).run()
  return Cycle(
    store: process.store,
    registry: PolicyRegistry(catalog: catalog, acceptance: StandardAcceptance(), isPinned: options.isPinned),
    epoch: process.epoch,
    stopwatch: options.stopwatch, suspendAfter: options.suspendAfter, budget: budget, leaveGap: options.leaveGap)
}

/// Looks for jumps of the clock if the options have a clock to compare it with.
private func makeGate(_ options: ServiceOptions, on process: StoreProcess) -> any SendingGate {
  guard let bootTime = options.bootTime else { return process.running }
  return ClockGate(
    process, ClockWatch(wall: options.clock, boot: bootTime), clock: options.clock, actor: options.actor,
    logger: makeLogger(options))
}

private func makeSender(
  _ options: ServiceOptions, on process: StoreProcess, notify: (String) -> Void
) throws -> Sender {
  let path: String? =
    switch options.sent {
    case .besideStore: process.path + StoreFiles.sentFile
    case .standardOutput: nil
    case .file(let path): path
    }
  let gateway = try LogGateway(path: path, clock: options.clock, store: process.path)
  if let path, gateway.wasOpenToOthers {
    notify(
      "every user of this machine could read \(path); now only \(FilePrivacy.readers(of: process.path)) can")
  }
  return Sender(
    store: process.store, gateways: ["log": gateway], epoch: process.epoch, clock: options.clock,
    gate: makeGate(options, on: process))
}
