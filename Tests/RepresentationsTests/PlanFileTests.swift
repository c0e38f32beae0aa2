import DryRun
import Operations
import Routing
import Testing

@testable import Representations

struct PlanFileTests {
  private static func plan(tenant: String = "acme") -> Plan {
    let at = Instant(rfc3339: "2026-11-22T09:00:00Z")!
    let parameters = [
      Parameter("limit", .integer(3)), Parameter("share", .number(0.5)), Parameter("on", .boolean(true)),
      Parameter("word", .text("x")), Parameter("whole", .number(3)),
    ]
    let basis = PlanBasis.TenantBasis(
      tenant: Tenant(key: TenantKey(0), id: TenantID("acme")!, policies: ["mine"], parameters: parameters),
      createdAt: at, generation: 2, revisions: ["sha256:1"], devices: [.init("D1", "online")], sequences: [])
    return Plan(
      savedAt: at, decidedAt: at, tenant: nil,
      sources: [
        Plan.Source(
          name: "mine", path: "/new/mine.lua", digest: "sha256:2", cases: "sha256:3",
          replaced: Plan.Replaced(digest: "sha256:4", cases: nil)),
        Plan.Source(name: "fallback", path: nil, digest: "sha256:5", cases: nil, replaced: nil),
      ],
      changes: [Plan.Change(tenant: TenantID(tenant)!, policies: ["mine"], parameters: parameters)],
      against: [.init("mine", "sha256:1")],
      basis: PlanBasis(
        tenants: [basis], counts: [.init("decisions", 7)], mark: .init(number: 7, at: at, enrolment: 1), others: []),
      summary: Plan.Summary(contacts: 9, same: 8, changed: 1, moved: 1))
  }

  private static func code(_ text: String) -> ErrorCode? {
    do { _ = try PlanFile.plan(Array(text.utf8), path: "change.plan") } catch { return usherError(error)?.code }
    return nil
  }

  @Test func `a plan is read back as it was written`() throws {
    let text = PlanFile.text(Self.plan())
    let plan = try PlanFile.plan(Array(text.utf8), path: "change.plan")
    #expect(PlanFile.text(plan) == text)
    #expect(plan.basis == Self.plan().basis && plan.changes == Self.plan().changes)
  }

  @Test func `the keys of a plan stay as earlier programs wrote them`() {
    let text = PlanFile.text(Self.plan())
    for key in ["format", "saved_at", "decided_at", "tenant", "summary", "policies", "changes", "against", "basis"] {
      #expect(text.contains("\n  \"\(key)\": "), "\(key)")
    }
  }

  @Test func `a file that is not a plan, has another format or changes untried policies is rejected`() {
    #expect(Self.code("{}") == .stalePlan)
    #expect(Self.code("no JSON") == .stalePlan)
    #expect(Self.code(PlanFile.text(Self.plan(tenant: "globex"))) == .stalePlan)
    #expect(Self.code(PlanFile.text(Self.plan()).replacing("\"format\": 2", with: "\"format\": 3")) == .stalePlan)
  }
}
