import Routing

/// Keeps a shadow that fails again and again from costing time: after so many faults in a row it rests until another one
/// takes its place, or another process begins.
final class ShadowWatch {
  /// Faults in a row after which a shadow rests.
  static let faultsMax = 20

  /// The generation that the shadow began in.
  let since: Int64
  private var faults = 0

  init(since: Int64) { self.since = since }

  var rests: Bool { faults >= ShadowWatch.faultsMax }

  /// True when it rests from now on.
  func learn(_ decision: Decision) -> Bool {
    faults = decision.fault == nil ? 0 : faults + 1
    return rests
  }
}

extension Cycle {
  /// How many faults in a row keep a shadow from being asked.
  package static let shadowFaultsMax = ShadowWatch.faultsMax
}
