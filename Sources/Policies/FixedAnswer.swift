import Routing

/// An answer that a policy gives without running anything.
package enum FixedAnswer: Equatable, Sendable {
  /// Each contact waits for `CompiledPolicy.suspendedRetrySeconds`, with this reason.
  case suspended(reason: String)
  /// The file cannot be used: each contact waits with its fault.
  case unusable(Fault)

  /// The answer to any question; no instruction is counted for it.
  var answer: PolicyAnswer {
    switch self {
    case .suspended(let reason):
      PolicyAnswer(
        .wait(seconds: CompiledPolicy.suspendedRetrySeconds), reason: reason, instructions: 0, remarks: nil)
    case .unusable(let fault): PolicyAnswer(fault: fault)
    }
  }

  /// The same as a trace tells it.
  var traced: DecisionTrace.Asked.Answer {
    switch self {
    case .suspended: .suspended
    case .unusable(let fault): .fault(fault)
    }
  }
}
