import Operations
import Representations
import Routing
import Terminal

/// The live screen: reads the store periodically, draws it, and handles keys and signals in between.
struct TopLoop {
  private let session: TerminalSession
  private let watch: any StoreMonitoring
  private let store: String
  private var view: TopView
  private var frame: Frame
  private var pace = TopPace()
  /// Why the last read failed; the screen keeps the data of the read before.
  private var failure: String?

  init(_ session: TerminalSession, _ watch: any StoreMonitoring, _ view: TopView, store: String, colours: Colours) {
    (self.session, self.watch, self.view, self.store) = (session, watch, view, store)
    frame = Frame(colours: colours)
  }

  /// Returns when the user quits. The terminal is then restored.
  mutating func run(_ first: StoreOverview) throws {
    var overview = first
    let start = stopwatch()
    pace.looked(from: start, to: start)
    session.enter()
    defer { session.leave() }
    var screen = draw(overview)
    while true {
      for event in session.events(within: millisecondsToWait) {
        switch action(for: event, overview, screen) {
        case .quit: return
        case .suspend:
          session.suspend()
          frame.forget()
        case .look: pace.hurry()
        case .draw, .nothing: break
        }
      }
      if !view.isPaused, millisecondsToWait <= 0 { look(&overview) }
      screen = draw(overview)
    }
  }

  private mutating func action(for event: TerminalEvent, _ overview: StoreOverview, _ screen: TopScreen)
    -> TopView.Action
  {
    switch event {
    case .key(let key):
      if key == .control("l") { frame.forget() }
      return view.handle(key, tenants: overview.tenants, devices: screen.devices, page: screen.page)
    case .resized:
      frame.forget()
      return .draw
    case .suspended: return .suspend
    case .resumed:
      // The process that stopped this one may have changed the terminal's mode.
      session.enter()
      frame.forget()
      return .draw
    case .ended: return .quit
    }
  }

  private var millisecondsToWait: Int {
    if view.isPaused { return TopPace.waitMax }
    return pace.millisecondsToWait(at: stopwatch(), every: view.intervalSeconds)
  }

  private mutating func look(_ overview: inout StoreOverview) {
    let start = stopwatch()
    do {
      overview = try watch.look(at: SystemClock().now())
      failure = nil
    } catch {
      failure = usherError(error)?.message ?? "\(error)"
    }
    pace.looked(from: start, to: stopwatch())
  }

  private mutating func draw(_ overview: StoreOverview) -> TopScreen {
    let size = session.size
    let screen = TopScreen(overview, view, store: store, size: size, note: failure)
    session.write(frame.bytes(screen.lines, size))
    return screen
  }
}
