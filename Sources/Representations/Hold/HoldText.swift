import Operations
import Routing

/// What starting or ending a hold did, as sentences for the person who did it.
package enum HoldText {
  /// A sentence for each effect of a stop. `reason`: the given one, which an existing hold does not adopt; `holdFile`: the path of
  /// the file that states the hold. `StopOutcome.uncertainty` reports whether sending has stopped.
  package static func sentences(_ outcome: StopOutcome, reason: String, holdFile: String) -> [String] {
    var sentences = [outcome.isNew ? outcome.hold.sentence : "already: \(outcome.hold.sentence)"]
    if !outcome.isNew, outcome.hold.kind == .operator, outcome.hold.reason != reason {
      sentences.append("the existing hold keeps its reason; yours is not recorded")
    }
    if let unrecorded = outcome.unrecorded { sentences.append(text(unrecorded, holdFile)) }
    return sentences + outcome.notices + [messages(outcome.certainty)].compactMap(\.self)
  }

  /// A sentence for each effect of a release. `tenant` nil: the hold of the whole store.
  package static func sentences(_ outcome: ReleaseOutcome, tenant: TenantID?) -> [String] {
    let scope = tenant.map { "sending for \($0)" } ?? "sending"
    var sentences: [String] = []
    if let released = outcome.released {
      sentences.append("released: \(scope) was on hold\(released.details)")
    } else if outcome.remaining(of: tenant).isEmpty, !outcome.hasRemovedFile {
      sentences.append("\(scope) is not on hold: nothing to release")
    }
    if outcome.hasRemovedFile { sentences.append("released: removed the hold file, which could not be read") }
    if let notice = outcome.notice { sentences.append(notice) }
    return sentences + outcome.remaining.map { "still in force: \($0.sentence)" }
  }

  private static func text(_ unrecorded: StopOutcome.Unrecorded, _ file: String) -> String {
    switch unrecorded {
    case .unwritable(let text):
      "the hold is only in the file \(file), since the store cannot be written: \(text); "
        + "it is in force, and the next process that can write the store records it"
    case .olderVersion(let version, let current):
      "the hold is only in the file \(file): the store is of version \(version), older than version \(current) of this "
        + "usher; the hold is in force, and the next command that upgrades the store, such as `usher tick`, records it"
    }
  }

  /// The messages that cannot be recalled; nil if there are none or their number is uncertain.
  private static func messages(_ certainty: StopOutcome.Certainty) -> String? {
    switch certainty {
    case .nothingRuns(0), .acknowledged(_, 0), .leaseOver, .silent, .knowsNoHolds, .unseen, .unknown: nil
    case .nothingRuns(1):
      "1 message was with a gateway when its process ended; the next one determines its result"
    case .nothingRuns(let count):
      "\(count) messages were with a gateway when their process ended; the next one determines their results"
    case .acknowledged(_, 1): "1 message is with the gateway and cannot be recalled"
    case .acknowledged(_, let count): "\(count) messages are with the gateway and cannot be recalled"
    }
  }
}
