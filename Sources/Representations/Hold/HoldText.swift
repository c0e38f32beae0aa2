import Operations
import Routing

/// What starting or ending a hold did, as sentences for the person who did it.
package enum HoldText {
  /// What a stop did, for each fact a sentence. `reason`: the one given, which a hold that was there before does not take
  /// over; `holdFile`: the path of the file that states it. Whether sending may go on is `StopOutcome.uncertainty`.
  package static func sentences(_ outcome: StopOutcome, reason: String, holdFile: String) -> [String] {
    var sentences = [outcome.isNew ? outcome.hold.sentence : "already: \(outcome.hold.sentence)"]
    if !outcome.isNew, outcome.hold.kind == .operator, outcome.hold.reason != reason {
      sentences.append("the reason of the first hold stays; yours is not recorded")
    }
    if let unrecorded = outcome.unrecorded { sentences.append(text(unrecorded, holdFile)) }
    return sentences + outcome.notices + [messages(outcome.certainty)].compactMap(\.self)
  }

  /// What a release did. `tenant` nil: of the whole store's hold.
  package static func sentences(_ outcome: ReleaseOutcome, tenant: TenantID?) -> [String] {
    let scope = tenant.map { "sending for \($0)" } ?? "sending"
    var sentences: [String] = []
    if let released = outcome.released {
      sentences.append("released: \(scope) was on hold\(released.details)")
    } else if outcome.remaining(of: tenant).isEmpty, !outcome.hasRemovedFile {
      sentences.append("\(scope) is not on hold: nothing to release")
    }
    if outcome.hasRemovedFile { sentences.append("released: the hold file that could not be read is removed") }
    if let notice = outcome.notice { sentences.append(notice) }
    return sentences + outcome.remaining.map { "still in force: \($0.sentence)" }
  }

  private static func text(_ unrecorded: StopOutcome.Unrecorded, _ file: String) -> String {
    switch unrecorded {
    case .unwritable(let text):
      "the hold is in the file \(file) alone, as the store cannot be written: \(text); "
        + "it is in force, and the next process that can write the store records it"
    case .olderVersion(let version, let current):
      "the hold is in the file \(file) alone: the store is of version \(version), older than version \(current) of this "
        + "usher; the hold is in force, and the next command that upgrades the store, such as `usher tick`, records it"
    }
  }

  /// The messages that cannot be recalled; nil if there are none, and if their number is not certain.
  private static func messages(_ certainty: StopOutcome.Certainty) -> String? {
    switch certainty {
    case .nothingRuns(0), .acknowledged(_, 0), .leaseOver, .silent, .knowsNoHolds, .unseen, .unknown: nil
    case .nothingRuns(1):
      "1 message was with a gateway when its process ended; the next one finds out what became of it"
    case .nothingRuns(let count):
      "\(count) messages were with a gateway when their process ended; the next one finds out what became of them"
    case .acknowledged(_, 1): "1 message is with the gateway and cannot be recalled"
    case .acknowledged(_, let count): "\(count) messages are with the gateway and cannot be recalled"
    }
  }
}
