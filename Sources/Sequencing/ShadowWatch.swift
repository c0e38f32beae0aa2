import Routing

/// Limits the cost of a shadow that keeps failing: after `faultsMax` faults in a row it is no longer evaluated, until
/// another shadow replaces it or another process starts.
final class ShadowWatch {
  /// The number of faults in a row after which a shadow is no longer evaluated.
  static let faultsMax = 20

  /// The generation in which the shadow began.
  let since: Int64
  private var faults = 0

  init(since: Int64) { self.since = since }

  var rests: Bool { faults >= ShadowWatch.faultsMax }

  /// True if the shadow is no longer evaluated from now on.
  func learn(_ decision: Decision) -> Bool {
    faults = decision.fault == nil ? 0 : faults + 1
    return rests
  }
}

extension Cycle {
  /// The number of faults in a row after which a shadow is no longer evaluated.
  package static let shadowFaultsMax = ShadowWatch.faultsMax
}
