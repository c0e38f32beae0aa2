import Routing

/// The answer of one policy to one call.
struct PolicyAnswer {
  /// `noOpinion` if there is a fault.
  let verdict: Verdict
  let reason: String
  let instructions: Int64
  /// Nil without fault and notes.
  let remarks: DecisionRemarks?

  init(_ verdict: Verdict, reason: String, instructions: Int64, remarks: DecisionRemarks?) {
    (self.verdict, self.reason, self.instructions, self.remarks) = (verdict, reason, instructions, remarks)
  }

  init(fault: Fault, instructions: Int64 = 0, notes: [String] = []) {
    self.init(
      .noOpinion, reason: fault.message, instructions: instructions,
      remarks: DecisionRemarks(fault: fault, notes: notes))
  }

  /// Whether the next policy is to be evaluated.
  @inline(__always)
  var isNoOpinion: Bool {
    guard case .noOpinion = verdict else { return false }
    return remarks?.fault == nil
  }
}

extension Verdict {
  /// Whether the verdict queues a message.
  @inline(__always)
  var choosesDevice: Bool {
    switch self {
    case .use, .move: true
    case .wait, .skip, .noOpinion: false
    }
  }

  /// The choice that guards evaluate; nil if there is none.
  var choice: (outcome: Outcome, device: Int)? {
    switch self {
    case .use(let device): (.use, device)
    case .move(let device): (.move, device)
    case .wait, .skip, .noOpinion: nil
    }
  }
}
