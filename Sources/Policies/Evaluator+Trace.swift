import LuaSandbox
import Routing

extension Evaluator {
  /// Runs `body`, which decides one contact, and returns a trace of what the policies did. Tracing does not change the
  /// decision.
  ///
  /// While it runs, each policy needs about 1 MiB of memory, plus a hundred bytes per device.
  package func traced<Result>(_ body: () throws -> Result) rethrows -> (Result, DecisionTrace) {
    var traces: [(policy: CompiledPolicy, trace: ScriptTrace)] = []
    // A list may name a policy twice; both entries are the same object.
    for policy in policies + guards where !traces.contains(where: { $0.policy === policy }) {
      let trace = ScriptTrace(rows: fleet.count)
      policy.trace = trace
      traces.append((policy, trace))
    }
    defer { for (policy, _) in traces { policy.trace = nil } }
    let result = try body()
    return (result, decisionTrace(traces))
  }

  private func decisionTrace(_ traces: [(policy: CompiledPolicy, trace: ScriptTrace)]) -> DecisionTrace {
    var asked: [DecisionTrace.Asked] = []
    var reads: [DecisionTrace.Read] = []
    var queries: [DecisionTrace.Query] = []
    for (policy, trace) in traces {
      // Policies after the deciding one were not evaluated. Guards were, if their thresholds were met.
      guard let answer = policy.lastAnswer else { continue }
      asked.append(answer)
      for read in trace.wasCalled
        ? trace.reads(subject: PolicyVocabulary.contact, set: PolicyVocabulary.device) : []
      {
        switch read {
        case .field(let owner, let name, let value), .entry(let owner, let name, let value):
          reads.append(self.read(owner, name, value))
        case .place(let place, let member):
          reads.append(.init(.fleet, "fleet[\(place)]", member.map(id), device: member))
        case .time(let ofSubject, let milliseconds):
          reads.append(.init(ofSubject ? .contact : .fleet, "local_time", wallTime(milliseconds)))
        case .count(let count): reads.append(.init(.fleet, "#fleet", "\(count)"))
        case .query(let query): queries.append(.init(query))
        }
      }
    }
    return DecisionTrace(asked: asked, reads: reads, queries: queries, isCut: traces.contains { $0.trace.isCut })
  }

  private func read(_ owner: ScriptRead.Owner, _ name: String, _ value: ScriptValue) -> DecisionTrace.Read {
    let subject: DecisionTrace.Read.Subject =
      switch owner {
      case .subject: .contact
      case .member(let device): .device(device)
      }
    return switch value {
    case .none: .init(subject, name, nil)
    case .text(let text): .init(subject, name, text)
    case .member(let device): .init(subject, name, id(device), device: device)
    }
  }

  /// Formats a time such as `Monday 2026-11-23 17:05`.
  private func wallTime(_ milliseconds: Int64) -> String {
    let days = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]
    let (day, length) = (Int(milliseconds / 86_400_000), days.count)
    // Also correct for times before 1970.
    let place = ((milliseconds % 86_400_000 < 0 ? day - 1 : day) % length + length) % length
    let text = Instant(milliseconds: milliseconds).rfc3339
    return "\(days[place]) \(text.prefix(10)) \(text.dropFirst(11).prefix(5))"
  }

  private func id(_ device: Int) -> String { fleet.members[device].device.id.text }
}

extension DecisionTrace.Query {
  fileprivate init(_ query: ScriptQuery) {
    let kind: Kind =
      switch query.kind {
      case .get: .get(id: query.argument ?? "")
      case .least: .leastLoaded
      case .first: .firstAvailable
      case .eligible: .available
      case .candidates: .candidates(count: query.wanted)
      case .hash: .hash(key: query.argument ?? "")
      }
    self.init(
      kind, tag: query.tag, platform: query.group, except: query.except, found: query.found,
      leftOut: query.missed.map { missed in
        let condition: Condition =
          switch missed.by {
          case .tag: .tag
          case .group: .platform
          case .except: .except
          }
        return .init(device: missed.member, by: condition)
      })
  }

  /// The query's name in scripts.
  package var name: String {
    let query: ScriptVocabulary.Query =
      switch kind {
      case .get: .get
      case .leastLoaded: .least
      case .firstAvailable: .first
      case .available: .eligible
      case .candidates: .candidates
      case .hash: .hash
      }
    return PolicyVocabulary.script.queries.first { $0.query == query }!.name
  }
}
