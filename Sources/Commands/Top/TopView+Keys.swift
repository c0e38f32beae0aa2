import Representations
import Routing
import Terminal

/// Handles keys: changes the view and returns what the loop has to do.
extension TopView {
  enum Action: Equatable { case nothing, draw, look, suspend, quit }

  /// The refresh intervals that `+` and `-` step through; seconds.
  static let intervals: [Double] = [0.5, 1, 2, 5, 10, 30, 60]

  /// `tenants` to choose from; `devices` is how many there are to scroll through, `page` how many are visible at once.
  mutating func handle(_ key: Key, tenants: [TenantID], devices: Int, page: Int) -> Action {
    if showsHelp, key != .control("c"), key != .control("z") {
      showsHelp = false
      return key == .character("q") ? .quit : .draw
    }
    switch key {
    case .character("q"), .control("c"), .control("d"): return .quit
    case .control("z"): return .suspend
    case .control("l"): return .look
    case .character("?"), .character("h"): showsHelp = true
    case .character("p"), .character(" "):
      isPaused.toggle()
      return isPaused ? .draw : .look
    case .character("s"): order = TopView.next(order, in: Order.allCases)
    case .character("S"): order = TopView.next(order, in: Order.allCases.reversed())
    case .character("r"): isReversed.toggle()
    case .character("t"): choose(tenants.first(where: { _ in tenant == nil }) ?? after(tenants))
    case .character("a"): choose(nil)
    case .character("w"): window = TopView.next(window, in: TopView.windows)
    case .character("+"): intervalSeconds = TopView.intervals.first { $0 > intervalSeconds } ?? intervalSeconds
    case .character("-"): intervalSeconds = TopView.intervals.last { $0 < intervalSeconds } ?? intervalSeconds
    case .up, .character("k"): scroll(to: offset - 1, devices, page)
    case .down, .character("j"): scroll(to: offset + 1, devices, page)
    case .pageUp: scroll(to: offset - page, devices, page)
    case .pageDown: scroll(to: offset + page, devices, page)
    case .home, .character("g"): offset = 0
    case .end, .character("G"): scroll(to: devices, devices, page)
    default: return .nothing
    }
    return .draw
  }

  private mutating func scroll(to line: Int, _ devices: Int, _ page: Int) { offset = max(0, min(line, devices - page)) }

  private mutating func choose(_ tenant: TenantID?) { (self.tenant, offset) = (tenant, 0) }

  /// The tenant after the one that is shown; nil after the last one.
  private func after(_ tenants: [TenantID]) -> TenantID? {
    guard let place = tenants.firstIndex(where: { $0 == tenant }), place + 1 < tenants.count else { return nil }
    return tenants[place + 1]
  }

  private static func next<Value: Equatable>(_ value: Value, in values: [Value]) -> Value {
    let place = values.firstIndex(of: value) ?? 0
    return values[(place + 1) % values.count]
  }
}
