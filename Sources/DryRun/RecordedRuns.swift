import Policies
import Routing

/// Finds single recorded decisions and their inputs.
struct RecordedRuns {
  struct Found {
    let run: RecordedRun
    let decision: RecordedDecision
  }

  private let snapshot: any StoreHistory

  init(_ snapshot: any StoreHistory) { self.snapshot = snapshot }

  /// Nil if the decision does not exist or was not recorded.
  func find(_ number: Int64, of tenant: TenantID?) throws -> Found? {
    var run: RecordedRun?
    var found: Found?
    try snapshot.visitRecord(
      RecordFilter(tenant: tenant, decision: number), run: { run = $0 },
      decision: { decision in
        found = run.map { Found(run: $0, decision: decision) }
        return false
      })
    return found
  }

  /// Like `find`, but throws `Explain.NoRecord` with the cause if there is no record.
  func decision(_ number: Int64, of tenant: TenantID?) throws -> Found {
    if let found = try find(number, of: tenant) { return found }
    let unrecorded = try snapshot.countUnrecorded(RecordFilter(tenant: tenant, decision: number))
    let reason =
      if unrecorded.archived > 0 {
        "is archived: pass the archive that `usher store prune` wrote as --store"
      } else if unrecorded.byOperators > 0 {
        "was made without a policy: by an operator, or imported"
      } else if unrecorded.byPolicies > 0 {
        "cannot be replayed: it was imported, or decided by an earlier version"
      } else {
        "is not in this store" + (tenant.map { ", or not of the tenant '\($0)'" } ?? "")
      }
    throw Explain.NoRecord(number: number, reason: reason)
  }
}

extension RecordedRuns.Found {
  /// The recorded decision as a `Decision`.
  var asDecision: Decision {
    let device = decision.device.flatMap(run.fleet.position)
    let resolution: Resolution =
      switch (decision.outcome, device) {
      case (.use, let device?): .use(device: device)
      case (.move, let device?): .move(device: device)
      case (.skip, _): .skip
      default: .wait(until: decision.until ?? run.at)
      }
    let name = policyName(of: decision.revision)
    let fault = decision.fault.map { Fault($0.kind, decision.reason, line: $0.line, code: decision.code) }
    return Decision(
      resolution: resolution, reason: decision.reason, code: decision.code,
      origin: DecisionOrigin(policy: name, revision: decision.revision),
      seed: decision.seed, instructions: decision.instructions,
      remarks: fault == nil && decision.notes.isEmpty && decision.narrowed == nil
        ? nil
        : DecisionRemarks(
          fault: fault, notes: decision.notes, narrowed: decision.narrowedChoice(in: run.fleet, policy: policyName)),
      waitlist: decision.waitlist)
  }

  /// The name that the policy declares, or else the file's name.
  private func policyName(of digest: String) -> String {
    if let found = run.lineup.guards.first(where: { $0.digest == digest }) {
      return CompiledPolicy.onRecord(found, kind: .guard).name
    }
    return run.revisions.first { $0.digest == digest }.map { CompiledPolicy.onRecord($0).name } ?? ""
  }

  /// Those of the known facts about devices that also applied at that time: the start of a status that has lasted since,
  /// and the reason of a pause that is still the same.
  func circumstances(
    _ known: [DeviceKey: DeviceCircumstances], as present: Fleet
  ) -> [DeviceKey: DeviceCircumstances] {
    var then: [DeviceKey: DeviceCircumstances] = [:]
    for member in run.fleet.members {
      guard let now = known[member.device.key],
        let device = present.position(of: member.device.id).map({ present.members[$0].device })
      else { continue }
      let lasts = device.status == member.device.status && now.statusSince.map { $0 <= run.at } ?? false
      then[member.device.key] = DeviceCircumstances(
        statusSince: lasts ? now.statusSince : nil,
        pauseReason: device.pausedUntil == member.device.pausedUntil ? now.pauseReason : nil)
    }
    return then
  }
}

extension RecordedDecision {
  /// The choice that a guard replaced with a wait. `policy` returns the name that a revision's policy declares.
  func narrowedChoice(in fleet: Fleet, policy: (String) -> String) -> NarrowedChoice? {
    guard let narrowed, let index = fleet.position(of: narrowed.device) else { return nil }
    return NarrowedChoice(
      origin: DecisionOrigin(policy: policy(narrowed.revision), revision: narrowed.revision),
      outcome: narrowed.outcome, device: index, deviceKey: fleet.members[index].device.key, reason: narrowed.reason,
      code: narrowed.code)
  }
}
