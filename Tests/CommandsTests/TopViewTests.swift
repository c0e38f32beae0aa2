import Routing
import Terminal
import Testing

@testable import Commands
@testable import Representations

/// Keys as input, actions as output.
struct TopViewTests {
  private let tenants = ["acme", "globex"].map { TenantID(stored: $0) }

  private func after(_ keys: [Key], from view: TopView = TopView()) -> (TopView, TopView.Action) {
    var (view, action) = (view, TopView.Action.nothing)
    for key in keys { action = view.handle(key, tenants: tenants, devices: 100, page: 10) }
    return (view, action)
  }

  @Test(arguments: [Key.character("q"), .control("c"), .control("d")])
  func `q and Ctrl-C leave the view`(key: Key) { #expect(after([key]).1 == .quit) }

  @Test func `Ctrl-Z suspends, also in the help`() {
    #expect(after([.control("z")]).1 == .suspend)
    #expect(after([.character("?"), .control("z")]).1 == .suspend)
  }

  @Test func `t cycles through the tenants and back to all, a shows all`() {
    #expect(after([.character("t")]).0.tenant == tenants[0])
    #expect(after([.character("t"), .character("t")]).0.tenant == tenants[1])
    #expect(after([.character("t"), .character("t"), .character("t")]).0.tenant == nil)
    #expect(after([.character("t"), .character("a")]).0.tenant == nil)
  }

  @Test func `s and S cycle through the orders, r reverses them`() {
    #expect(after([.character("s")]).0.order == .queued)
    #expect(after([.character("s"), .character("S")]).0.order == .load)
    #expect(after(Array(repeating: .character("s"), count: TopView.Order.allCases.count)).0.order == .load)
    #expect(after([.character("r")]).0.isReversed)
  }

  @Test func `scrolling stays within the devices`() {
    #expect(after([.up]).0.offset == 0)
    #expect(after([.down, .character("j"), .character("k")]).0.offset == 1)
    #expect(after([.pageDown, .pageDown]).0.offset == 20)
    #expect(after([.end]).0.offset == 90)
    #expect(after([.end, .down, .pageDown]).0.offset == 90)
    #expect(after([.end, .home]).0.offset == 0)
    #expect(after([.end, .character("t")]).0.offset == 0, "another tenant is seen from its beginning")
  }

  @Test func `p pauses, and resumes with a refresh`() {
    #expect(after([.character("p")]) == (after([.character(" ")]).0, .draw))
    #expect(after([.character("p"), .character("p")]).1 == .look)
  }

  @Test func `plus and minus change the interval between half a second and a minute`() {
    #expect(after([.character("+")]).0.intervalSeconds == 5)
    #expect(after([.character("-")]).0.intervalSeconds == 1)
    #expect(after(Array(repeating: .character("+"), count: 20)).0.intervalSeconds == 60)
    #expect(after(Array(repeating: .character("-"), count: 20)).0.intervalSeconds == 0.5)
  }

  @Test func `any key leaves the help, and q quits in it`() {
    #expect(after([.character("?")]).0.showsHelp)
    #expect(!after([.character("?"), .character("s")]).0.showsHelp)
    #expect(after([.character("?"), .character("s")]).0.order == .load, "the key did nothing else")
    #expect(after([.character("?"), .character("q")]).1 == .quit)
  }

  @Test func `w cycles through the windows, other keys do nothing`() {
    #expect(after([.character("w")]).0.window == 3_600_000)
    #expect(after([.character("x")]).1 == .nothing)
    #expect(after([.tab]).0 == TopView())
  }
}
