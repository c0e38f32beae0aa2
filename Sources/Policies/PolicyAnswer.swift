import Routing

/// What one policy answered to one question.
struct PolicyAnswer {
  /// `noOpinion` when there is a fault.
  let verdict: Verdict
  let reason: String
  let instructions: Int64
  /// Nil without a fault and without notes.
  let remarks: DecisionRemarks?

  init(_ verdict: Verdict, reason: String, instructions: Int64, remarks: DecisionRemarks?) {
    (self.verdict, self.reason, self.instructions, self.remarks) = (verdict, reason, instructions, remarks)
  }

  init(fault: Fault, instructions: Int64 = 0, notes: [String] = []) {
    self.init(
      .noOpinion, reason: fault.message, instructions: instructions,
      remarks: DecisionRemarks(fault: fault, notes: notes))
  }

  /// Whether the next policy is to be asked.
  @inline(__always)
  var isNoOpinion: Bool {
    guard case .noOpinion = verdict else { return false }
    return remarks?.fault == nil
  }
}

extension Verdict {
  /// Whether a message is to be queued.
  @inline(__always)
  var choosesDevice: Bool {
    switch self {
    case .use, .move: true
    case .wait, .skip, .noOpinion: false
    }
  }

  /// What guards are asked about.
  var choice: (outcome: Outcome, device: Int)? {
    switch self {
    case .use(let device): (.use, device)
    case .move(let device): (.move, device)
    case .wait, .skip, .noOpinion: nil
    }
  }
}
