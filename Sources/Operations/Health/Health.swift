import Routing

/// Checks a store and its process. Only reads, and waits at most a few seconds.
package struct HealthCheck: Sendable {
  /// The store's address.
  package var address: String
  /// The greatest acceptable age of the last cycle, in milliseconds; nil for ten times the time between two cycles, at
  /// least a minute.
  package var maxCycleAge: Int64?
  /// Whether it is a failure that no process runs on the store.
  package var expectDaemon: Bool

  /// `address` as `Stores` takes it.
  package init(_ address: String, maxCycleAge: Int64? = nil, expectDaemon: Bool = false) {
    (self.address, self.maxCycleAge, self.expectDaemon) = (address, maxCycleAge, expectDaemon)
  }

  /// A store that cannot be read is a failed check, not an error. `now`: see `Stores.heartbeatTime`.
  package func run(at now: HeartbeatTime) -> Health {
    Health(HealthFacts(path: address, now: now), maxCycleAge: maxCycleAge, expectDaemon: expectDaemon)
  }
}

/// The health of a store: one check for each thing that can go wrong, in a fixed order.
package struct Health: Equatable, Sendable {
  /// `unknown`: it could not be checked.
  package enum State: String, Sendable { case ok, failed, unknown }

  /// One thing that was checked.
  package struct Check: Equatable, Sendable {
    /// A stable name: store, daemon, cycle, hold, faults, files or disk.
    package let name: String
    /// `failed` only if somebody has to do something.
    package let state: State
    /// What was found, in a sentence.
    package let found: String
    /// The first code among the problems that `found` names; nil if they have none, or without a problem.
    package var code: ReasonCode?
  }

  /// Free bytes below which the disk check fails.
  static let freeBytesMin: Int64 = 256 << 20
  /// The size of SQLite's log above which the disk check fails: a reader that never ends prevents a checkpoint.
  static let logBytesMax: Int64 = 1 << 30
  /// The default limit for the age of the last cycle is the greater of this and ten times `serve --every`; milliseconds.
  static let cycleAgeMin: Int64 = 60_000
  static let cyclesMissedMax: Int64 = 10

  /// All checks, including those that passed.
  package let checks: [Check]

  /// Judges what was found. `maxCycleAge`: see `HealthCheck`.
  package init(_ facts: HealthFacts, maxCycleAge: Int64? = nil, expectDaemon: Bool = false) {
    checks = [
      Health.store(facts), Health.daemon(facts, isExpected: expectDaemon),
      Health.cycle(facts, max: maxCycleAge, isExpected: expectDaemon), Health.hold(facts),
      Health.faults(facts),
      Health.files(facts), Health.disk(facts),
    ]
  }

  /// A check that could not be made is no failure: its cause is a failed check of its own.
  package var isHealthy: Bool { !checks.contains { $0.state == .failed } }

  private static func store(_ facts: HealthFacts) -> Check {
    guard let problem = facts.storeProblem else { return Check(name: "store", state: .ok, found: "can be read") }
    return Check(name: "store", state: .failed, found: problem)
  }

  private static func daemon(_ facts: HealthFacts, isExpected: Bool) -> Check {
    if let check = unknownProcess("daemon", facts, isExpected: isExpected) { return check }
    if let holder = facts.running { return Check(name: "daemon", state: .ok, found: "\(holder.name) runs") }
    return Check(
      name: "daemon", state: isExpected ? .failed : .ok,
      found: isExpected ? "expected a process on this store, found none" : "no process runs on this store")
  }

  private static func cycle(_ facts: HealthFacts, max limit: Int64?, isExpected: Bool) -> Check {
    if let check = unknownProcess("cycle", facts, isExpected: isExpected || limit != nil) { return check }
    let usual = facts.beat?.every.map(Health.cycleAge)
    let limit = limit ?? usual
    let most = limit.map { ", at most \(seconds($0)) expected" } ?? ""
    // The age of a process that has not ended its first cycle is the age of that cycle.
    let last = facts.beat?.ended ?? (facts.running == nil ? nil : facts.beat?.began)
    guard let last else {
      guard limit != nil, usual == nil else { return Check(name: "cycle", state: .unknown, found: "no cycle is known") }
      return Check(name: "cycle", state: .failed, found: "no cycle is known\(most)")
    }
    let age = last.age(at: facts.now)
    let what = facts.beat?.ended == nil ? "the first one began" : "the last one ended"
    let isLate = limit.map { age > $0 } ?? false
    return Check(name: "cycle", state: isLate ? .failed : .ok, found: "\(what) \(seconds(age)) ago\(most)")
  }

  /// Nil if it is known whether a process runs. `isExpected`: not knowing is a failure.
  private static func unknownProcess(_ name: String, _ facts: HealthFacts, isExpected: Bool) -> Check? {
    facts.lockProblem.map { reason in
      Check(
        name: name, state: isExpected ? .failed : .unknown, found: "cannot tell whether a process runs: \(reason)")
    }
  }

  /// The default for the greatest acceptable age; `every`: milliseconds between two cycles.
  private static func cycleAge(every: Int64) -> Int64 {
    let (age, overflow) = every.multipliedReportingOverflow(by: cyclesMissedMax)
    return overflow ? .max : Swift.max(cycleAgeMin, age)
  }

  private static func hold(_ facts: HealthFacts) -> Check {
    guard let holds = facts.holds else { return unknown("hold") }
    guard !holds.isEmpty else { return Check(name: "hold", state: .ok, found: "none") }
    return failed("hold", holds.map { ($0.sentence, $0.code) })
  }

  private static func faults(_ facts: HealthFacts) -> Check {
    guard let policies = facts.policies, let guards = facts.guards else { return unknown("faults") }
    let suspended =
      policies.filter { $0.suspendedAt != nil }.map { policy in
        "\(policy.tenant): policy '\(policy.policy)' is suspended" + (policy.lastFault.map { ": \($0)" } ?? "")
      } + guards.filter { $0.state == .suspended }.map(sentence(of:))
    // The suspension is Usher's own, also where a script wrote the words of the fault.
    guard suspended.isEmpty else { return failed("faults", suspended.map { ($0, .policySuspended) }) }
    let failing = policies.count { $0.faults > 0 }
    let failingGuards = guards.filter { $0.state == .failing }
    let found =
      "no policy is suspended" + (failing == 0 ? "" : "; \(failing) failed for some contacts")
      + failingGuards.prefix(3).map { "; \($0.tenant): guard '\($0.guard)' \($0.text)" }.joined()
      + (failingGuards.count > 3 ? "; and \(failingGuards.count - 3) more guards" : "")
    return Check(name: "faults", state: .ok, found: found)
  }

  private static func files(_ facts: HealthFacts) -> Check {
    guard let policies = facts.policies, let guards = facts.guards else { return unknown("files") }
    let refused: [Problem] =
      policies.compactMap { policy in
        policy.refusal.map { ("\(policy.tenant): policy '\(policy.policy)' is refused: \($0)", policy.refusalCode) }
      } + guards.filter { $0.state == .refused }.map { (sentence(of: $0), $0.code) }
    return refused.isEmpty
      ? Check(name: "files", state: .ok, found: "no policy file is refused") : failed("files", refused)
  }

  private static func disk(_ facts: HealthFacts) -> Check {
    guard let free = facts.freeBytes, let log = facts.logBytes else {
      return Check(name: "disk", state: .unknown, found: "the store's folder cannot be read")
    }
    let found = "\(megabytes(free)) free, SQLite's log is \(megabytes(log))"
    if free < freeBytesMin {
      return Check(name: "disk", state: .failed, found: "\(found); expected at least \(megabytes(freeBytesMin)) free")
    }
    if log > logBytesMax {
      return Check(
        name: "disk", state: .failed, found: "\(found); expected a log of at most \(megabytes(logBytesMax))")
    }
    return Check(name: "disk", state: .ok, found: found)
  }

  // MARK: - Words

  private static func unknown(_ name: String) -> Check {
    Check(name: name, state: .unknown, found: "the store cannot be read")
  }

  private static func sentence(of trouble: GuardTrouble) -> String {
    "\(trouble.tenant): guard '\(trouble.guard)' is \(trouble.text)"
  }

  private typealias Problem = (sentence: String, code: ReasonCode?)

  /// A failed check that names the first few problems, and how many more there are.
  private static func failed(_ name: String, _ problems: [Problem]) -> Check {
    let (named, more) = (problems.prefix(3), problems.count - 3)
    return Check(
      name: name, state: .failed,
      found: named.map(\.sentence).joined(separator: "; ") + (more > 0 ? "; and \(more) more" : ""),
      code: named.lazy.compactMap(\.code).first)
  }

  private static func seconds(_ milliseconds: Int64) -> String {
    milliseconds % 1000 == 0 || milliseconds >= 10_000 ? "\(milliseconds / 1000) s" : "\(milliseconds) ms"
  }

  private static func megabytes(_ bytes: Int64) -> String { "\(bytes >> 20) MiB" }
}
