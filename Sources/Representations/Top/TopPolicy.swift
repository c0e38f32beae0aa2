import Routing
import Terminal

/// A policy of a tenant's list as a line: its name, whether it is live, and if not, why.
struct TopPolicy {
  private let status: PolicyStatus
  private let wake: Wake?

  /// `wake`: the latest pass over the tenant's waits after a change.
  init(_ status: PolicyStatus, wake: Wake? = nil) { (self.status, self.wake) = (status, wake) }

  /// The states by urgency, the most urgent first.
  private enum State { case suspended, refused, failing, untaken, fine }

  private var state: State {
    if status.suspendedAt != nil { return .suspended }
    if status.refusal != nil { return .refused }
    if status.faults > 0 { return .failing }
    return status.revision == nil ? .untaken : .fine
  }

  /// Whether the policy does not decide as its file says, or not for all contacts.
  var hasTrouble: Bool { state != .fine }

  /// Policies with trouble come first.
  var rank: Int {
    switch state {
    case .suspended: 0
    case .refused: 1
    case .failing: 2
    case .untaken: 3
    case .fine: 4
    }
  }

  /// The canary, the shadow and an open pass over waits, shown once for a tenant's list.
  private var trials: StyledText {
    guard status.position == 1 else { return StyledText("") }
    let canary = status.canaryShare.map { "; a canary for \(Percent.text($0))" } ?? ""
    let shadow = status.shadowShare.map { "; a shadow for \(Percent.text($0))" } ?? ""
    let waits = wake.flatMap { $0.endedAt == nil ? "; waits: \($0.text)" : nil } ?? ""
    return StyledText(canary + shadow + waits)
  }

  /// Shows that the policy's file is held; empty if it is not. `usher policy list` shows why.
  private var held: StyledText {
    status.held == nil ? StyledText("") : StyledText("; its file is ") + StyledText("held", .warning)
  }

  func line(now: Instant) -> StyledText {
    let name = StyledText("\(status.tenant)  \(status.policy)")
    let revision = StyledText(status.revision.map { "  " + ShortDigests.text($0) } ?? "", .faint)
    let since = status.since.map { " since \(TopFigures.time($0, now: now))" } ?? ""
    switch state {
    case .suspended:
      let fault = status.lastFault ?? ""
      return name + revision + "  " + StyledText("suspended", .bad) + " after \(status.faults) faults: \(fault)"
    case .refused:
      let goesOn = status.revision == nil ? "no live revision" : "the last good revision goes on"
      return name + revision + "  " + StyledText("refused", .bad) + ", \(goesOn): \(status.refusal ?? "")"
    case .failing:
      return name + revision + "  "
        + StyledText("failed for \(status.faults) contact\(status.faults == 1 ? "" : "s")", .warning)
        + ", last with: \(status.lastFault ?? "")"
    case .untaken: return name + "  " + StyledText("not loaded yet", .warning)
    case .fine: return name + revision + "  decides" + StyledText(since) + trials + held
    }
  }
}
