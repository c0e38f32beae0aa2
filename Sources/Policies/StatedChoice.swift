import Routing
import Wire

/// The choice that a guard's test case gives in place of the policies, so that the guard is tested alone.
package struct StatedChoice: Sendable {
  /// `use` or `move`, with the device's position in the case's fleet.
  let verdict: Verdict
  let reason: String
  /// The name of the choosing policy, as the guard sees it.
  let policy: String

  /// Reads a case's `choice`: a device of the case and an outcome, which defaults to `use`. Throws for a device that
  /// `fleet` does not contain, another outcome, or an unknown key.
  package init(_ reader: inout JSONReader, in fleet: Fleet) throws(FieldError) {
    let outcome = try reader.optionalString("outcome") ?? Outcome.use.rawValue
    let id: DeviceID = try reader.id("device")
    guard let device = fleet.position(of: id) else {
      throw reader.failure("device", expected: "a device of the case that is not retired")
    }
    switch outcome {
    case Outcome.use.rawValue: verdict = .use(device: device)
    case Outcome.move.rawValue: verdict = .move(device: device)
    default: throw reader.failure("outcome", expected: "use or move, the only outcomes that guards evaluate")
    }
    reason = try reader.optionalString("reason") ?? "stated in the case"
    policy = try reader.optionalString("policy") ?? "case"
    try reader.finish()
  }
}
