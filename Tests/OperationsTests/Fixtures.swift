import Operations
import Policies
import Routing
import RoutingTestKit
import Testing

/// A store with one tenant or several, each with the policy `mine` of the rules folder, devices D1 and D2, and leads.
struct Office {
  let engine: TestInstance
  var store: any Store { engine.store }
  var catalog: PolicyCatalog { PolicyCatalog(rules: engine.folder.file("Rules")) }

  init(tenants: [String] = ["acme"], leads: Int = 2) throws {
    var scenario = StoreScenario()
    for tenant in tenants {
      scenario.tenant(tenant, policy: "mine")
      scenario.device("D1", of: tenant)
      scenario.device("D2", of: tenant)
      scenario.sequence(of: tenant)
      for lead in 0..<leads { scenario.lead(lead, of: tenant, device: "D1") }
    }
    engine = try TestInstance(scenario, files: ["mine": Office.policy("from the file")])
  }

  /// A policy that makes each contact wait.
  static func policy(_ reason: String) -> String {
    "return { select = function(c, fleet) return wait('\(reason)', 1) end }"
  }

  /// Ann's note, at the clock's time.
  func note(reason: String? = nil) -> OperatorNote {
    OperatorNote(actor: Actor("ann", systemUser: "root"), reason: reason, at: engine.clock.now())
  }

  /// A policy file outside the rules folder.
  func file(_ name: String, _ reason: String) throws -> PolicyArgument {
    try argument(try engine.folder.write(Office.policy(reason), to: "new/\(name).lua"))
  }

  func argument(_ text: String) throws -> PolicyArgument {
    try PolicyArgument([text], catalog: catalog, option: "--policy")
  }

  /// The sources of the live policies.
  func live(_ tenant: String = "acme") throws -> [String] {
    try engine.generation(of: tenant).lineup.live.map(\.source)
  }

  /// The last line of the audit.
  func lastAudit() throws -> AuditLine {
    try #require(try store.audit(AuditFilter(since: .earliest, limit: 1)).lines.first)
  }
}

/// The code of the error that `body` throws; nil without an error or a code.
func code(_ body: () throws -> Void) -> ErrorCode? {
  do { try body() } catch { return usherError(error)?.code }
  return nil
}

let acme = TenantID("acme")!
