import Routing
import Wire

/// The evidence for a canary's rollback as stored: a JSON object.
extension CanaryEvidence {
  /// The keys of a side's counts, in order.
  private static var counts: [(String, WritableKeyPath<CanaryTally, Int>)] {
    [
      ("decided", \.decided), ("judged", \.judged), ("faults", \.faults), ("waiting", \.waiting), ("moved", \.moved),
      ("sent", \.sent), ("failed", \.failed),
    ]
  }

  /// An object with the cause first, then each side's counts; `init(stored:)` reads it.
  package var json: JSONValue {
    var members: [(String, JSONValue)] =
      switch cause {
      case .broken(let measure, let bound):
        [("rollback_limit", .string(measure.rawValue)), ("bound", .string(bound.text))]
      case .suspended(let policy, let faults):
        [("suspended", .string(policy)), ("faults_in_a_row", .integer(Int64(faults)))]
      }
    for side in [PolicyLineup.Side.canary, .live] {
      let tally = tallies[side]
      members.append(
        (
          side.rawValue,
          .object(JSONObject(CanaryEvidence.counts.map { ($0.0, .integer(Int64(tally[keyPath: $0.1]))) }))
        ))
    }
    return .object(JSONObject(members))
  }

  var stored: String { JSONWriter().string(json) }

  /// Nil for any text that `json` does not produce.
  init?(stored text: String) {
    guard case .object(let object)? = try? JSONParser.parse(Array(text.utf8)) else { return nil }
    var tallies = CanaryTallies()
    for side in PolicyLineup.Side.allCases {
      guard case .object(let counts)? = object[side.rawValue] else { continue }
      for (key, path) in CanaryEvidence.counts {
        if case .integer(let count)? = counts[key] { tallies[side][keyPath: path] = Int(count) }
      }
    }
    if case .string(let name)? = object["rollback_limit"], let measure = RollbackLimits.Measure(rawValue: name),
      case .string(let text)? = object["bound"], let bound = RollbackLimits.Bound(text)
    {
      self.init(cause: .broken(measure, bound), tallies: tallies)
    } else if case .string(let policy)? = object["suspended"], case .integer(let faults)? = object["faults_in_a_row"] {
      self.init(cause: .suspended(policy: policy, faults: Int(faults)), tallies: tallies)
    } else {
      return nil
    }
  }
}
