import Testing

@testable import Terminal

struct ColoursTests {
  private static let xterm = ["TERM": "xterm-256color"]

  @Test func `a terminal gets colours, a pipe does not`() {
    #expect(Colours(.auto, environment: Self.xterm, isTerminal: true).areOn)
    #expect(!Colours(.auto, environment: Self.xterm, isTerminal: false).areOn)
  }

  @Test(arguments: [
    (["TERM": "dumb"], true, false), ([:], true, false), (["TERM": "xterm", "NO_COLOR": "1"], true, false),
    (["TERM": "xterm", "NO_COLOR": ""], true, true), (["CLICOLOR_FORCE": "1"], false, true),
    (["CLICOLOR_FORCE": "0"], false, false), (["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], true, false),
    (["CLICOLOR_FORCE": "1", "TERM": "dumb"], true, true),
  ])
  func `the environment variables have the meaning that no-color.org and others define`(
    environment: [String: String], isTerminal: Bool, areOn: Bool
  ) {
    #expect(Colours(.auto, environment: environment, isTerminal: isTerminal).areOn == areOn)
  }

  @Test func `the command line option takes precedence over everything else`() {
    #expect(Colours(.always, environment: ["NO_COLOR": "1", "TERM": "dumb"], isTerminal: false).areOn)
    #expect(!Colours(.never, environment: ["CLICOLOR_FORCE": "1", "TERM": "xterm"], isTerminal: true).areOn)
  }
}
