import Routing
import Wire

/// What policies are said to have chosen, in a case of a guard.
struct StatedChoice: Sendable {
  let verdict: Verdict
  let reason: String
  let policy: String

  /// Reads a case's `choice`: a device of the case and, if it is no `use`, the outcome.
  init(_ reader: inout JSONReader, in fleet: Fleet) throws(FieldError) {
    let outcome = try reader.optionalString("outcome") ?? Outcome.use.rawValue
    let id: DeviceID = try reader.id("device")
    guard let device = fleet.position(of: id) else {
      throw reader.failure("device", expected: "a device of the case that is not retired")
    }
    switch outcome {
    case Outcome.use.rawValue: verdict = .use(device: device)
    case Outcome.move.rawValue: verdict = .move(device: device)
    default: throw reader.failure("outcome", expected: "use or move; guards are asked about nothing else")
    }
    reason = try reader.optionalString("reason") ?? "stated in the case"
    policy = try reader.optionalString("policy") ?? "case"
    try reader.finish()
  }
}
