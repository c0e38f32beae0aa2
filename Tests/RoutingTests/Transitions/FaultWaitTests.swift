import Testing

@testable import Routing

/// A contact that keeps failing waits longer and longer.
struct FaultWaitTests {
  private let now = Instant(milliseconds: 1_000_000_000)

  private func decision(isFault: Bool, instructions: Int64 = 9) -> Decision {
    Decision(
      resolution: .skip, reason: "why", code: .luaError, origin: DecisionOrigin(policy: "p", revision: "sha256:0"),
      seed: 1, instructions: instructions,
      remarks: isFault ? DecisionRemarks(fault: Fault(.runtime, "why"), notes: []) : nil)
  }

  private func wait(faults: Int, isFault: Bool = true, instructions: Int64 = 9) -> FaultWait {
    FaultWait(
      after: decision(isFault: isFault, instructions: instructions), until: now.advanced(bySeconds: 60), faults: faults,
      now: now)
  }

  @Test(
    arguments: [
      (0, 60), (3, 60), (4, 3600), (5, 7200), (6, 14_400), (7, 28_800), (8, 57_600), (9, 86_400), (1000, 86_400),
      (Int.max - 1, 86_400),
    ] as [(Int, Int64)])
  func `the fifth fault in a row sets a contact aside for an hour, and each further one for twice as long up to a day`(
    before: Int, seconds: Int64
  ) {
    let wait = wait(faults: before)
    #expect(wait.until == now.advanced(bySeconds: seconds) && wait.faults == before + 1)
    #expect(wait.code == (before < 4 ? .luaError : .setAside))
    #expect(wait.reason == (before < 4 ? "why" : "set aside after \(before + 1) faults in a row: why"))
  }

  @Test func `a decision without a fault ends the row`() {
    let wait = wait(faults: 7, isFault: false)
    #expect(wait.faults == 0 && wait.until == now.advanced(bySeconds: 60) && wait.reason == "why")
  }

  @Test(arguments: [true, false])
  func `without a script's run the row goes on: the file was unusable, the policy suspended, or the text empty`(
    isFault: Bool
  ) {
    let wait = wait(faults: 7, isFault: isFault, instructions: 0)
    #expect(wait.faults == nil && wait.until == now.advanced(bySeconds: 60) && wait.code == .luaError)
  }
}
