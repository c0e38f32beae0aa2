import Routing
import Terminal
import Wire

/// The funnels of sequences: a row for each step.
extension SequenceReport: Representation {
  private static let states = EnrolmentStatus.allCases
  private static let messages: [MessageStatus] = [
    .pending, .sending, .sent, .delivered, .read, .failed, .unknown, .expired, .cancelled,
  ]

  /// An array of objects, one for each step.
  package var json: JSONValue { listing(hasStatus: true).json }
  /// The same columns as the JSON.
  package var csv: String { listing(hasStatus: true).csv }

  /// Omits columns that contain only zeros. The total number of enrolments follows the table.
  package func table(columns: Int?) -> StyledText {
    listing(hasStatus: false).withoutEmptyColumns(keeping: 4).table(columns: columns)
      + "\n\(enrolments) enrolments in all\n"
  }

  /// If the status has no column of its own, it follows the id of each sequence that is not active.
  private func listing(hasStatus: Bool) -> Listing {
    var listing = Listing(
      ["tenant", "sequence"] + (hasStatus ? ["status"] : []) + ["step", "enrolments"] + Self.states.map(\.rawValue)
        + Self.messages.map { "messages_\($0.rawValue)" } + ["skipped"])
    for sequence in sequences {
      let state = sequence.status.map { $0 == "active" ? "" : " (\($0))" } ?? ""
      let names: [JSONValue] =
        hasStatus ? [.string(sequence.id), JSONValue(sequence.status)] : [.string(sequence.id + state)]
      for step in sequence.steps {
        listing.add([.string(sequence.tenant.text)] + names + cells(of: step, areWaitsKnown: sequence.areWaitsKnown))
      }
    }
    return listing
  }

  private func cells(of step: Step, areWaitsKnown: Bool) -> [JSONValue] {
    let enrolments = Self.states.map { step.enrolments[$0] ?? 0 }
    let shown = zip(Self.states, enrolments).map { state, count -> JSONValue in
      let isWait = state == .scheduled || state == .waiting
      return isWait && !areWaitsKnown ? .null : JSONValue(count)
    }
    let carried = Self.messages.map { status -> JSONValue in
      let isReceipt = status == .delivered || status == .read
      return isReceipt && isPast ? .null : JSONValue(step.messages[status] ?? 0)
    }
    return [JSONValue(step.ordinal), JSONValue(enrolments.reduce(0, +))] + shown + carried + [JSONValue(step.skipped)]
  }
}
