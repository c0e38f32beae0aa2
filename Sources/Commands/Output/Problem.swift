import Delivery
import DryRun
import Policies
import Routing
import Wire

/// What a command found or hit: its text goes to standard error, the exit code is 1.
struct Problem: Error, CustomStringConvertible {
  let description: String
  init(_ text: String) { description = text.trimmed }

  /// The text of an error that is the user's to solve; nil for wrong usage, which the parser of arguments explains.
  static func text(of error: any Error) -> String? {
    switch error {
    case StoreError.lockLost(let text): text
    case StoreError.leadershipLost:
      "another process took over this store while this one was writing; nothing of the last batch was kept"
    case StoreError.unusable(let text), StoreError.conflict(let text): text
    case let error as OperatorError: error.text
    case let error as ImportProblem: "\(error)"
    case ExportError.unknownTenant(let id):
      "expected the id of a tenant in the store, found '\(terminalSafe(id))'; `usher policy list` names them"
    case let error as FieldError: "\(error)"
    case let error as DryRun.UnknownTenant: "\(error)"
    case let error as Explain.NotOneContact: "\(error)"
    case let error as NotEnrolled: "\(error)"
    case let error as Explain.NoRecord: "\(error)"
    case let error as RecordedCase.NotACase: "\(error)"
    case let error as UnreadableRecord: "the decision record cannot be read: \(error)"
    case let error as SimulationError: "\(error)"
    case let error as LogGateway.OpenError: "\(error)"
    case let fault as Fault: fault.text
    default: nil
    }
  }
}

extension Fault {
  /// `line 3: what is wrong`.
  var text: String { (line.map { "line \($0): " } ?? "") + message }
}
