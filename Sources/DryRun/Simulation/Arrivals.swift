import Routing

/// New leads at a constant rate.
package struct Arrivals: Equatable, Sendable {
  /// A sequence's id, or `TENANT/SEQUENCE`; nil distributes them over all active sequences with a trigger.
  package let sequence: String?
  /// Leads per period; at least 1.
  package let count: Int
  /// The length of the period; milliseconds.
  package let perMilliseconds: Int64

  /// Leads arrive at regular intervals, each shifted slightly by a random amount from the seed.
  package init(sequence: String?, count: Int, perMilliseconds: Int64) {
    (self.sequence, self.count, self.perMilliseconds) = (sequence, count, perMilliseconds)
  }
}

/// Generates the leads of one rate in sequence: each at a random time within its interval, sequences in rotation, with
/// the properties of an existing lead. Depends only on seed and state.
struct ArrivalStream {
  struct Target {
    let tenant: Int
    let trigger: String
  }

  private let targets: [Target]
  private let start: Instant
  private let gapMilliseconds: Double
  private let stream: Int
  private var random: SeededRandom
  private var made = 0
  private(set) var nextAt: Instant

  /// `stream` distinguishes several rates.
  init(_ arrivals: Arrivals, to targets: [Target], from start: Instant, seed: UInt64, stream: Int) {
    (self.targets, self.start, self.stream) = (targets, start, stream)
    gapMilliseconds = Double(arrivals.perMilliseconds) / Double(arrivals.count)
    random = SeededRandom(seed: SeededRandom.mix(seed) ^ SeededRandom.mix(UInt64(stream) &+ 1))
    nextAt = start
    nextAt = moment()
  }

  /// The next lead with its trigger and its tenant.
  mutating func next(_ tenants: [TenantState]) -> (tenant: Int, trigger: TriggerState) {
    let target = targets[made % targets.count]
    let models = tenants[target.tenant].models
    var lead = LeadState(
      key: LeadKey(0), phone: "", name: nil, tags: [], attributes: [], isOptedOut: false)
    if !models.isEmpty { lead = models[Int(random.next() % UInt64(models.count))] }
    // Country code 999 is not assigned.
    lead.phone = "+999\(1_000_000_000 + stream * 100_000_000 + made)"
    made += 1
    // Keys in a store are never negative.
    lead.key = LeadKey(-Int64(stream * 100_000_000 + made))
    let id = "arrival-\(stream + 1)-\(made)"
    let trigger = TriggerState(name: target.trigger, leadID: id, lead: lead, createdAt: nextAt)
    nextAt = moment()
    return (target.tenant, trigger)
  }

  private mutating func moment() -> Instant {
    start.advanced(byMilliseconds: Int64((Double(made) + random.unit()) * gapMilliseconds))
  }
}
