import LuaSyntax
import Policies

extension PolicyCheck {
  /// Finds a `wait` that `select` returns only where a test of capacity has failed, where `wait_for` is meant.
  ///
  /// A `wait` that a condition about something else leads to is left alone: its time may be the point. A function with a
  /// label or `goto` is skipped.
  struct CapacityWaits {
    private(set) var findings: [Finding] = []
    private let chunk: Chunk
    private let source: [UInt8]
    /// The function of the hook.
    private let hook: SourceRange

    init(_ chunk: Chunk, _ table: ReturnedTable?, _ source: [UInt8]) {
      (self.chunk, self.source) = (chunk, source)
      guard case .function(_, _, let range)? = table?[name: PolicyVocabulary.Hook.select.name]?.value else {
        hook = SourceRange(start: .start, end: .start)
        return
      }
      hook = range
      let flow = CapacityFlow(chunk, source, hook: range)
      guard !flow.isExhausted else { return }
      for site in flow.sites.values.sorted(by: { $0.name.start < $1.name.start }) { check(site, flow.asked) }
    }

    private mutating func check(_ site: CapacityFlow.Site, _ asked: Set<CapacityCause>) {
      if isForCapacity(site.returns) {
        let target = target(site, asked)
        return add(site.name, target, target.flatMap { fix(site, $0) })
      }
      // A function of the policy may make waits for several purposes: the calls tell them apart.
      let calls = Dictionary(grouping: site.returns) { $0.wait.call }
      for (call, returns) in calls {
        if let call, isForCapacity(returns) { add(call, nil, nil) }
      }
    }

    private mutating func add(_ range: SourceRange, _ target: String?, _ fix: Fix?) {
      findings.append(
        Finding(
          .capacityWait, range, "the contact waits for capacity, but not on a waitlist",
          target.map { "write wait_for(\($0), 'why', seconds)" }
            ?? "write wait_for(what, 'why', seconds), with a device, the fleet or a filter",
          fix: fix))
    }

    /// Whether a `wait` is returned only after a test of capacity failed.
    private func isForCapacity(_ returns: [(world: CapacityWorld, wait: CapacityWait)]) -> Bool {
      returns.contains { $0.world.status == .failed }
        && returns.allSatisfy { world, wait in
          !wait.isDeliberate && !world.isTimed && (world.status == .failed || world.status == .partly)
        }
    }
  }
}

// MARK: - What to wait for

extension PolicyCheck.CapacityWaits {
  /// What the contact waits for, as source text; nil if that is not certain.
  private func target(_ site: CapacityFlow.Site, _ asked: Set<CapacityCause>) -> String? {
    let worlds = site.returns.map(\.world)
    // In a function of the policy, the hook's names may mean something else.
    guard site.returns.allSatisfy({ $0.wait.call == nil }), worlds.allSatisfy({ $0.status == .failed }) else {
      return nil
    }
    let all = CapacityCause.query(CapacityQuery(filter: "", site: nil))
    if worlds.allSatisfy({ $0.causes.contains(all) }) { return name(of: .fleet, at: site, worlds) }
    guard asked.count == 1, worlds.allSatisfy({ $0.causes == asked }) else { return nil }
    switch asked.first {
    case .query(let query)?: return query.site == nil ? query.filter : nil
    case .device(CapacityDevice.own)?:
      guard site.returns.allSatisfy(\.wait.isAfterTest) else { return nil }
      let own = CapacityValue.Kind.device(CapacityDevice(key: CapacityDevice.own))
      return name(of: own, at: site, worlds) ?? name(of: .contact, at: site, worlds).map { "\($0).device" }
    case .device?, nil: return nil
    }
  }

  /// The only local of its name in the hook that has this value at the `wait`.
  private func name(of kind: CapacityValue.Kind, at site: CapacityFlow.Site, _ worlds: [CapacityWorld]) -> String? {
    let place = site.name.start
    return chunk.locals.indices.first { index in
      let local = chunk.locals[index]
      return hook.start <= local.range.start && local.scope.start <= place && place <= local.scope.end
        && worlds.allSatisfy { $0.values[index]?.kind == kind } && isOneName(local.name)
    }.map { chunk.locals[$0].name }
  }

  /// Whether at most one local of the hook has this name, so that the name means the same everywhere in it.
  private func isOneName(_ name: String) -> Bool {
    chunk.locals.count { local in
      local.name == name && local.range.start >= hook.start && local.range.end <= hook.end
    } <= 1
  }

  private func fix(_ site: CapacityFlow.Site, _ target: String) -> PolicyCheck.Fix? {
    guard let first = site.arguments.first, source[site.call.range.start.offset] == UInt8(ascii: "(") else {
      return nil
    }
    let place = SourceRange(start: first.range.start, end: first.range.start)
    return PolicyCheck.Fix(
      summary: "'wait' becomes 'wait_for', for \(target)",
      edits: [.init(range: site.name, text: "wait_for"), .init(range: place, text: "\(target), ")])
  }
}
