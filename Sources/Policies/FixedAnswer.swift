import Routing

/// An answer that a policy gives without running.
package enum FixedAnswer: Equatable, Sendable {
  /// Every contact waits for `CompiledPolicy.suspendedRetrySeconds` with this reason.
  case suspended(reason: String)
  /// The file is unusable: every contact waits with its fault.
  case unusable(Fault)

  /// The answer to every evaluation; it uses no instructions.
  var answer: PolicyAnswer {
    switch self {
    case .suspended(let reason):
      PolicyAnswer(
        .wait(seconds: CompiledPolicy.suspendedRetrySeconds), reason: reason, code: .policySuspended, instructions: 0,
        remarks: nil)
    case .unusable(let fault): PolicyAnswer(fault: fault)
    }
  }

  /// The answer as it appears in a trace.
  var traced: DecisionTrace.Asked.Answer {
    switch self {
    case .suspended: .suspended
    case .unusable(let fault): .fault(fault)
    }
  }
}
