import Routing
import Testing

/// A generation that changed files require is begun by the program.
struct GenerationProposalTests {
  @Test func `a proposal gets the time at which it begins, and the program as its author`() {
    let live = [PolicyRevision(policy: "p", digest: "d", source: "return {}", parameters: [])]
    let text = PolicyText(policy: "p", digest: "d")
    let proposal = GenerationProposal(
      lineup: PolicyLineup(live: live), parameters: nil, action: .edit, origin: "p.lua", texts: [text])
    let now = Instant(milliseconds: 1_764_547_200_000)
    #expect(
      proposal.draft(at: now)
        == GenerationDraft(
          lineup: PolicyLineup(live: live), parameters: nil,
          change: PolicyChange(at: now, actor: PolicyChange.program, action: .edit, origin: "p.lua"), texts: [text]))
  }
}
