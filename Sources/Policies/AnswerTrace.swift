import LuaSandbox
import Routing

/// The answers of a policy since tracing was switched on that its interpreter does not keep.
///
/// The interpreter keeps its last reply. It does not know about fixed answers, which run no hook, and it is replaced
/// after a fault that used up a limit. Both are kept here.
struct AnswerTrace {
  /// Where the interpreter writes the reads and queries of hooks; nil without tracing.
  var script: ScriptTrace?
  /// The last fault, with its instructions and notes.
  var failure: PolicyAnswer?
  /// Whether the policy gave its fixed answer.
  var gaveFixedAnswer = false

  /// The last answer of the policy `origin`; nil if it was not evaluated. `sandbox` is its current interpreter.
  func lastAnswer(
    of origin: DecisionOrigin, _ kind: PolicyKind, fixed: FixedAnswer?, in sandbox: Sandbox?
  ) -> DecisionTrace.Asked? {
    if gaveFixedAnswer, let fixed { return .init(origin: origin, answer: fixed.traced, instructions: 0, notes: []) }
    guard let script, script.wasCalled, let sandbox else { return nil }
    if let failure, let remarks = failure.remarks, let fault = remarks.fault {
      return .init(
        origin: origin, answer: .fault(fault), instructions: failure.instructions, notes: remarks.notes)
    }
    let answer: DecisionTrace.Asked.Answer =
      switch sandbox.reply {
      case .verdict(_, _, let seconds) where kind == .guard: .verdict(.wait, seconds: seconds)
      case .verdict(let form, _, let seconds):
        .verdict(PolicyVocabulary.Form(rawValue: form)!.outcome, seconds: seconds)
      case .none: .noOpinion
      case .fault: .fault(Fault(sandbox.fault))
      }
    return .init(origin: origin, answer: answer, instructions: sandbox.instructions, notes: sandbox.notes)
  }
}
