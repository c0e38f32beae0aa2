internal import GRDB
import Routing

extension ImportSession {
  /// The most that a counter of an enrolment may be: more is no count, and counting on from it must be possible.
  static let countMax = 1_000_000_000

  /// What a file changed of what decides, and of the operator's guards, is on record where a process has run on the store. A
  /// store that is made of an export has the export's record alone.
  func audit(_ counts: [InterchangeType: ImportCounts], at now: Instant) throws {
    let types: [InterchangeType] = [.guards, .guardParams, .policyChange, .policyActivation]
    let changes = types.compactMap { type -> String? in
      let changed = (counts[type]?.created ?? 0) + (counts[type]?.updated ?? 0)
      return changed == 0 ? nil : "\(changed) of type \(type.rawValue)"
    }
    guard !changes.isEmpty, try first("SELECT 1 FROM leader", []) != nil else { return }
    try run(
      "INSERT INTO audit (actor, action, subject, detail, at) VALUES ('import', 'import', 'policies and guards', ?, ?)",
      [("lines: " + changes.joined(separator: ", ")).databaseValue, now.milliseconds.databaseValue])
  }
}
