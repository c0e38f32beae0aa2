import Routing

/// An incident with its device.
struct PlannedIncident {
  /// The index in the devices of all tenants of the state.
  let index: Int
  let at: Instant
  let change: Incident.Change
}

/// Resolves the names in incidents and arrivals.
enum SimulationPlan {
  static func incidents(_ incidents: [Incident], in state: SimulationState) throws(SimulationError) -> [PlannedIncident]
  {
    let devices = state.tenants.flatMap { tenant in
      tenant.devices.map { (tenant: tenant.tenant.id, id: $0.device.id.text) }
    }
    var planned: [PlannedIncident] = []
    for incident in incidents {
      let indices = devices.indices.filter { isNamed(incident.device, devices[$0]) }
      let names = indices.map { "\(devices[$0].tenant)/\(devices[$0].id)" }
      let index = try only(indices, names, of: incident.device, noun: "a device", example: "TENANT/DEVICE")
      planned.append(PlannedIncident(index: index, at: incident.at, change: incident.change))
    }
    // Drills at the same time keep the order given.
    return planned.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }

  static func streams(
    _ options: Simulation.Options, in state: SimulationState
  ) throws(SimulationError) -> [ArrivalStream] {
    let runMilliseconds = Int64(options.hours) * 3_600_000
    var total = 0.0
    var streams: [ArrivalStream] = []
    for (index, arrivals) in options.arrivals.enumerated() {
      total += Double(arrivals.count) * Double(runMilliseconds) / Double(arrivals.perMilliseconds)
      guard total <= Double(Simulation.arrivalsMax) else {
        throw SimulationError(
          "expected at most \(Simulation.arrivalsMax) arrivals in \(options.hours) hours, found \(Int(total)): "
            + "simulate fewer hours, or fewer leads")
      }
      streams.append(
        ArrivalStream(
          arrivals, to: try targets(of: arrivals, in: state), from: options.start, seed: options.seed, stream: index))
    }
    return streams
  }

  private static func targets(
    of arrivals: Arrivals, in state: SimulationState
  ) throws(SimulationError) -> [ArrivalStream.Target] {
    let sequences = state.tenants.enumerated().flatMap { tenant in
      tenant.element.sequences.map { (index: tenant.offset, tenant: tenant.element.tenant.id, sequence: $0) }
    }
    let open = sequences.filter { isOpen($0.sequence) }
    guard let wanted = arrivals.sequence else {
      if open.isEmpty { throw SimulationError("expected an active sequence with a trigger for arrivals, found none") }
      return open.map { ArrivalStream.Target(tenant: $0.index, trigger: $0.sequence.trigger ?? "") }
    }
    let found = sequences.indices.filter { isNamed(wanted, (sequences[$0].tenant, sequences[$0].sequence.id)) }
    let names = found.map { "\(sequences[$0].tenant)/\(sequences[$0].sequence.id)" }
    let index = try only(found, names, of: wanted, noun: "a sequence", example: "TENANT/SEQUENCE")
    guard isOpen(sequences[index].sequence) else {
      throw SimulationError(
        "expected an active sequence with a trigger for arrivals, found '\(names[0])'")
    }
    return [
      ArrivalStream.Target(tenant: sequences[index].index, trigger: sequences[index].sequence.trigger ?? "")
    ]
  }

  private static func isOpen(_ sequence: SequenceState) -> Bool {
    sequence.isActive && sequence.trigger != nil && sequence.steps[1] != nil
  }

  private static func isNamed(_ name: String, _ row: (tenant: TenantID, id: String)) -> Bool {
    row.id == name || "\(row.tenant)/\(row.id)" == name
  }

  private static func only(
    _ indices: [Int], _ names: [String], of name: String, noun: String, example: String
  ) throws(SimulationError) -> Int {
    guard let first = indices.first else {
      throw SimulationError("expected \(noun) of the store, found '\(name)'")
    }
    guard indices.count == 1 else {
      throw SimulationError(
        "expected \(noun) with an unambiguous name, found '\(name)', which is "
          + "\(names.prefix(3).joined(separator: " and ")): write \(example)")
    }
    return first
  }
}
