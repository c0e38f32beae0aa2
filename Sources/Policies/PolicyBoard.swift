import Routing

/// The policies that decide for each tenant, kept up with their files.
///
/// Asked once for each tenant and cycle: a file that changed is checked, compiled and tried on its cases then, and taken
/// or refused. After a refusal the last good revision goes on. Not for use from two threads at a time.
package final class PolicyBoard: PolicyStandings {
  /// A file that was not taken.
  package struct Refusal: Equatable, Sendable {
    package let policy: String
    /// What is wrong, with the line where one can be named.
    package let message: String
  }

  package struct Standing {
    /// In the order in which they are asked; never empty.
    package let policies: [CompiledPolicy]
    package let refusals: [Refusal]
    /// Names of policies whose new revision was taken by this call.
    package let taken: [String]

    package init(policies: [CompiledPolicy], refusals: [Refusal] = [], taken: [String] = []) {
      (self.policies, self.refusals, self.taken) = (policies, refusals, taken)
    }
  }

  private struct Seat {
    var parameters: [Parameter]
    /// What was looked at last, whether it was taken or not.
    var seen: PolicyCatalog.Entry?
    var policy: CompiledPolicy?
    /// Why what was looked at last was not taken.
    var fault: Fault?
  }

  private let catalog: PolicyCatalog
  private let limits: SandboxLimitsOption
  private var seats: [TenantKey: [String: Seat]] = [:]

  package init(catalog: PolicyCatalog, limits: SandboxLimitsOption = .standard) {
    self.catalog = catalog
    self.limits = limits
  }

  /// The tenant's policies as of now. `lastGood` gives the revisions that decided before this process began; they are
  /// asked for only when a file is refused that was never taken here.
  package func standing(
    of tenant: Tenant, lastGood: () throws -> [PolicyRevision]
  ) rethrows -> Standing {
    var policies: [CompiledPolicy] = []
    var refusals: [Refusal] = []
    var taken: [String] = []
    for name in tenant.policies {
      var seat = seats[tenant.key]?[name] ?? Seat(parameters: tenant.parameters)
      if update(&seat, name: name, tenant: tenant) { taken.append(name) }
      if seat.policy == nil {
        let before = try lastGood().first { $0.policy == name || $0.policy == seat.seen?.name }
        seat.policy = before.flatMap { revision in
          try? CompiledPolicy(
            file: name, source: Array(revision.source.utf8), parameters: revision.parameters,
            limits: limits.sandbox)
        }
      }
      if let fault = seat.fault {
        let place = fault.line.map { "line \($0): " } ?? ""
        refusals.append(Refusal(policy: name, message: place + fault.message))
      }
      policies.append(
        seat.policy
          ?? CompiledPolicy(
            broken: seat.fault ?? Fault(.syntax, "the policy cannot be used"), file: name,
            source: seat.seen?.source ?? []))
      seats[tenant.key, default: [:]][name] = seat
    }
    return Standing(policies: policies, refusals: refusals, taken: taken)
  }

  /// True when a revision was taken that was not there before.
  private func update(_ seat: inout Seat, name: String, tenant: Tenant) -> Bool {
    let entry: PolicyCatalog.Entry
    do throws(Fault) {
      entry = try catalog.entry(named: name)
    } catch {
      // Should the same file come back, it is looked at again.
      seat.seen = nil
      seat.fault = error
      return false
    }
    guard entry != seat.seen || tenant.parameters != seat.parameters else { return false }
    seat.seen = entry
    seat.parameters = tenant.parameters
    do throws(Fault) {
      let policy = try PolicyBoard.accept(entry, parameters: tenant.parameters, limits: limits)
      let isNew = seat.policy.map { $0.revision.digest != policy.revision.digest } ?? true
      seat.policy = policy
      seat.fault = nil
      return isNew
    } catch {
      seat.fault = error
      return false
    }
  }

  /// Checks, compiles and tries a file. Throws the first thing that stands against it.
  package static func accept(
    _ entry: PolicyCatalog.Entry, parameters: [Parameter], limits: SandboxLimitsOption = .standard,
    kind: PolicyKind = .policy
  ) throws(Fault) -> CompiledPolicy {
    let check = PolicyCheck(file: entry.name, source: entry.source, parameters: parameters)
    if let finding = check.findings.first(where: { $0.severity == .error }) {
      throw Fault(.syntax, finding.message, line: finding.line)
    }
    let policy = try CompiledPolicy(
      file: entry.name, source: entry.source, parameters: parameters, limits: limits.sandbox, kind: kind)
    guard let source = entry.cases else { return policy }
    let cases: PolicyCases
    do throws(PolicyCases.Failure) {
      cases = try PolicyCases(file: "\(entry.name)_test", source: source)
    } catch {
      throw Fault(.syntax, "its cases cannot be read: \(error.message)", line: error.line)
    }
    for result in try cases.run(policy: entry.name, source: entry.source) where !result.holds {
      throw Fault(
        .runtime, "its case '\(result.name)' fails: \(result.differences.joined(separator: "; "))")
    }
    return policy
  }
}
