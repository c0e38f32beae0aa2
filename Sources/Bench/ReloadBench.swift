import CBaseline
import Policies
import PolicyTesting
import Routing

/// Reloads a policy repeatedly while it decides, and compares resident memory before and after.
package struct ReloadBench {
  private static let devices = 100
  private static let seed: UInt64 = 1
  private static let decisions = 100

  private let reloads: Int
  /// Reloads before the first measurement, by which everything that is kept has been created.
  private let warmUp: Int

  /// `reloads` is how often the policy's file changes.
  package init(reloads: Int) { self.init(reloads: reloads, warmUp: 100) }

  init(reloads: Int, warmUp: Int) { (self.reloads, self.warmUp) = (reloads, warmUp) }

  /// Nil if the machine does not report resident memory.
  package func run() throws -> ReloadResult? {
    let folder = try Scratch("reloads")
    let registry = PolicyRegistry(catalog: PolicyCatalog(rules: folder.url.path), acceptance: StandardAcceptance())
    var scene = DecisionScene(devices: ReloadBench.devices, .online, seed: ReloadBench.seed)
    scene.shuffle()
    let tenant = Tenant(key: TenantKey(1), id: TenantID(stored: "bench"), policies: ["changing"])
    for reload in 0..<warmUp { try self.reload(reload, registry, folder, tenant, scene) }
    baseline_trim()
    guard let before = PeakMemory.residentMegabytes else { return nil }
    let start = baseline_thread_cpu_ns()
    for reload in 0..<reloads { try self.reload(warmUp + reload, registry, folder, tenant, scene) }
    let cpu = baseline_thread_cpu_ns() - start
    baseline_trim()
    guard let after = PeakMemory.residentMegabytes else { return nil }
    return ReloadResult(
      reloads: reloads, before: before, after: after, cpuMicroseconds: Double(cpu) / Double(reloads) / 1e3)
  }

  private func reload(
    _ number: Int, _ registry: PolicyRegistry, _ folder: Scratch, _ tenant: Tenant, _ scene: DecisionScene
  ) throws {
    try folder.write(
      """
      -- Version \(number)
      return {
        select = function(contact, fleet)
          return use(fleet:least_loaded(), "version \(number)")
        end,
      }

      """, to: "changing.lua")
    let current = registry.refresh(tenant)
    guard current.accepted == ["changing"] else {
      throw BenchFailure("expected reload \(number) to be accepted, found \(current.refusals.map(\.message))")
    }
    let evaluator = Evaluator(policies: current.policies, fleet: scene.fleet)
    for index in 0..<ReloadBench.decisions {
      let decision = evaluator.decide(scene.contacts[index], seed: UInt64(index))
      guard decision.reason == "version \(number)" else {
        throw BenchFailure("expected a decision of version \(number), found '\(decision.reason)'")
      }
    }
  }
}

/// Resident memory before and after a policy was reloaded many times, in megabytes (10^6 bytes).
package struct ReloadResult: Sendable {
  /// How often the policy's file changed between the two measurements.
  package let reloads: Int
  /// Measured when the process had created everything that it keeps.
  package let before: Double
  /// After the last reload.
  package let after: Double
  /// The cost of one reload with its 100 decisions: mostly reading, checking and compiling the file.
  package let cpuMicroseconds: Double
}
