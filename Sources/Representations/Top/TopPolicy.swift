import Routing
import Terminal

/// A policy of a tenant's list as a line: what it is, whether it decides, and if not, why.
struct TopPolicy {
  private let standing: PolicyStanding

  init(_ standing: PolicyStanding) { self.standing = standing }

  /// The states that somebody has to look at first.
  private enum State { case suspended, refused, failing, untaken, fine }

  private var state: State {
    if standing.suspendedAt != nil { return .suspended }
    if standing.refusal != nil { return .refused }
    if standing.faults > 0 { return .failing }
    return standing.revision == nil ? .untaken : .fine
  }

  /// Those with trouble come first.
  var rank: Int {
    switch state {
    case .suspended: 0
    case .refused: 1
    case .failing: 2
    case .untaken: 3
    case .fine: 4
    }
  }

  /// What is tried beside it, said once for a tenant's list.
  private var trials: StyledText {
    guard standing.position == 1 else { return StyledText("") }
    let canary = standing.canaryShare.map { "; a canary for \(Percent.text($0))" } ?? ""
    let shadow = standing.shadowShare.map { "; a shadow for \(Percent.text($0))" } ?? ""
    return StyledText(canary + shadow)
  }

  /// That its file holds something else; `usher policy list` says why.
  private var held: StyledText {
    standing.held == nil ? StyledText("") : StyledText("; its file is ") + StyledText("held", .warning)
  }

  func line(now: Instant) -> StyledText {
    let name = StyledText("\(standing.tenant)  \(standing.policy)")
    let revision = StyledText(standing.revision.map { "  " + $0.dropFirst("sha256:".count).prefix(12) } ?? "", .faint)
    let since = standing.since.map { " since \(TopFigures.time($0, now: now))" } ?? ""
    switch state {
    case .suspended:
      let fault = standing.lastFault ?? ""
      return name + revision + "  " + StyledText("suspended", .bad) + " after \(standing.faults) faults: \(fault)"
    case .refused:
      let goesOn = standing.revision == nil ? "nothing decides" : "the last good revision goes on"
      return name + revision + "  " + StyledText("refused", .bad) + ", \(goesOn): \(standing.refusal ?? "")"
    case .failing:
      return name + revision + "  " + StyledText("\(standing.faults) faults in a row", .warning)
        + ": \(standing.lastFault ?? "")"
    case .untaken: return name + "  " + StyledText("not taken yet", .warning)
    case .fine: return name + revision + "  decides" + StyledText(since) + trials + held
    }
  }
}
