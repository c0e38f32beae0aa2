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
      Reads the store beside whatever runs on it, and writes nothing. Each device stands against its caps: in a bar, what was
      sent in the rolling minute, hour or day is drawn full, what is queued or in flight in half tone. The key ? lists the others.

      A look that takes long makes the next one come later: at most a twentieth of the time is spent looking. Contacts that wait
      are counted more rarely than the rest. Without a terminal, or with --once or a format other than table, one screen is printed.

        usher top
        # one tenant, what is queued first, every half second
        usher top --tenant acme --sort queued --every 0.5
        # one screen, for a mail or a ticket
        usher top --once
        # for a monitor
        usher top --format json
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions
  @Option(help: "One tenant alone.", completion: .tenants) var tenant: String?
  @Option(help: "Sort devices by load, queued, sent, state or name.") var sort = TopView.Order.load
  @Option(help: ArgumentHelp("Seconds between two looks, 0.1 to 3600.", valueName: "seconds")) var every = 2.0
  @Flag(help: "Print one screen, and end.") var once = false
  @Option(
    help: ArgumentHelp(
      "With --once: as of this time; only what had happened by then counts. Without it, now.", valueName: "time"))
  var at: InstantArgument?

  func validate() throws {
    guard (0.1...3600).contains(every) else {
      throw ValidationError("--every: expected 0.1 to 3600 seconds, found \(every)")
    }
    if at != nil, !once, format.format == .table {
      throw ValidationError("--at: expected --once with it; a live screen is of now")
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
