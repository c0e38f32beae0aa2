import ArgumentParser
import Foundation
import Operations
import Representations
import Routing
import Terminal

struct TopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top", abstract: "Watch devices, decisions, waits and policies, live.",
    discussion: """
      Reads the store while other processes run on it, and writes nothing. Each device is shown with its caps. In each
      bar, the solid part shows messages sent in the rolling minute, hour or day; the shaded part shows messages queued
      or in flight. Press ? for the keys.

      It spends at most 5% of the time reading the store: if reads are slow, it refreshes less often. Waiting contacts
      are counted less often than the rest. Without a terminal, with --once, or in a format other than table, it prints
      one screen.

        usher top
        # one tenant, most queued first, every half second
        usher top --tenant acme --sort queued --every 0.5
        # one screen, for an email or a ticket
        usher top --once
        # for a monitoring system
        usher top --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(help: "Only this tenant.", completion: .tenants) var tenant: String?
  @Option(help: "Sort devices by load, queued, sent, state or name.") var sort = TopView.Order.load
  @Option(help: ArgumentHelp("Seconds between refreshes, 0.1 to 3600.", valueName: "seconds")) var every = 2.0
  @Flag(help: "Print one screen and exit.") var once = false
  @Option(
    help: ArgumentHelp(
      "With --once: as of this time, counting only earlier events; default: now.", valueName: "time"))
  var at: InstantArgument?

  func validate() throws {
    guard (0.1...3600).contains(every) else {
      throw ValidationError("--every: expected 0.1 to 3600 seconds, found \(every)")
    }
    if at != nil, !once, format.format == .table {
      throw ValidationError("--at requires --once; a live screen shows the present")
    }
  }

  func run() throws {
    let store = try store.openToRead()
    let watch = store.watch(stopwatch: stopwatch)
    var view = TopView()
    (view.order, view.intervalSeconds) = (sort, every)
    view.tenant = tenant.map(TenantID.init(stored:))
    let query = OverviewQuery(tenant: view.tenant, moment: at?.instant)
    let overview = try query.run(store, watch, at: SystemClock().now(), stopwatch: stopwatch)
    if !once, format.format == .table,
      let session = TerminalSession(terminal: ProcessInfo.processInfo.environment["TERM"])
    {
      var loop = TopLoop(session, watch, view, store: store.path, colours: TerminalOutput.colours(of: STDOUT_FILENO))
      return try loop.run(overview)
    }
    TerminalOutput.write(TopReport(overview, view, store: store.path), format.format)
  }
}

extension TopView.Order: ExpressibleByArgument {}
