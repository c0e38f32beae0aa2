import Routing

/// The answer of one policy to one call.
struct PolicyAnswer {
  /// `noOpinion` if there is a fault.
  let verdict: Verdict
  /// The code of the reason; nil if the script wrote it.
  let code: ReasonCode?
  let reason: String
  let instructions: Int64
  /// Nil without fault and notes.
  let remarks: DecisionRemarks?

  /// The reason of a verdict without one.
  static let noReason = "no reason given"

  init(_ verdict: Verdict, reason: String, code: ReasonCode?, instructions: Int64, remarks: DecisionRemarks?) {
    (self.verdict, self.reason, self.instructions, self.remarks) = (verdict, reason, instructions, remarks)
    self.code = code
  }

  init(fault: Fault, instructions: Int64 = 0, notes: [String] = [], caught: [CaughtText] = []) {
    self.init(
      .noOpinion, reason: fault.message, code: fault.code, instructions: instructions,
      remarks: DecisionRemarks(fault: fault, notes: notes, caught: caught))
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
    case .wait, .waitFor, .skip, .noOpinion: false
    }
  }

  /// The verdict where the store keeps no waitlist, such as in `enroll`: `wait_for` acts as `wait`.
  var withoutWaitlist: Verdict {
    guard case .waitFor(_, let seconds) = self else { return self }
    return .wait(seconds: seconds)
  }

  /// The choice that guards evaluate; nil if there is none.
  var choice: (outcome: Outcome, device: Int)? {
    switch self {
    case .use(let device): (.use, device)
    case .move(let device): (.move, device)
    case .wait, .waitFor, .skip, .noOpinion: nil
    }
  }
}
