import Policies
import Routing

/// Single decisions on record, with what they were made on.
struct RecordedRuns {
  struct Found {
    let run: RecordedRun
    let decision: RecordedDecision
  }

  private let snapshot: any StoreHistory

  init(_ snapshot: any StoreHistory) { self.snapshot = snapshot }

  /// Nil for a decision that is not there or was not put on record.
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

  /// The same; throws `Explain.NoRecord`, which says why there is none.
  func decision(_ number: Int64, of tenant: TenantID?) throws -> Found {
    if let found = try find(number, of: tenant) { return found }
    let unrecorded = try snapshot.countUnrecorded(RecordFilter(tenant: tenant, decision: number))
    let reason =
      if unrecorded.archived > 0 {
        "is archived: give the archive that `usher store prune` made as --store"
      } else if unrecorded.byOperators > 0 {
        "was made without a policy: by an operator, or imported"
      } else if unrecorded.byPolicies > 0 {
        "cannot be made again: it was imported, or decided by an earlier version"
      } else {
        "is not in this store" + (tenant.map { ", or not of the tenant '\($0)'" } ?? "")
      }
    throw Explain.NoRecord(number: number, reason: reason)
  }
}

extension RecordedRuns.Found {
  /// As it is on record.
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
    let fault = decision.fault.map { Fault($0.kind, decision.reason, line: $0.line) }
    return Decision(
      resolution: resolution, reason: decision.reason,
      origin: DecisionOrigin(policy: name, revision: decision.revision),
      seed: decision.seed, instructions: decision.instructions,
      remarks: fault == nil && decision.notes.isEmpty && decision.narrowed == nil
        ? nil
        : DecisionRemarks(
          fault: fault, notes: decision.notes, narrowed: decision.narrowedChoice(in: run.fleet, policy: policyName)))
  }

  /// The file's name, unless the policy calls itself something else.
  private func policyName(of digest: String) -> String {
    if let found = run.lineup.guards.first(where: { $0.digest == digest }) {
      return CompiledPolicy.orBroken(found, kind: .guard).name
    }
    return run.revisions.first { $0.digest == digest }.map { CompiledPolicy.orBroken($0).name } ?? ""
  }

  /// What is known of the devices and was so then: since when a status lasts that lasts still, why a pause was made that
  /// is the same.
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
  /// What a guard turned into the wait; `policy` gives what the policy of a revision calls itself.
  func narrowedChoice(in fleet: Fleet, policy: (String) -> String) -> NarrowedChoice? {
    guard let narrowed, let place = fleet.position(of: narrowed.device) else { return nil }
    return NarrowedChoice(
      origin: DecisionOrigin(policy: policy(narrowed.revision), revision: narrowed.revision),
      outcome: narrowed.outcome, device: place, deviceKey: fleet.members[place].device.key, reason: narrowed.reason)
  }
}
