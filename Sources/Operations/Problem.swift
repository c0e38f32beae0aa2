import Files
import Policies
import Routing
import Wire

/// Why an operation failed.
package struct Problem: UsherError, Equatable, CustomStringConvertible {
  package let code: ErrorCode
  package let message: String

  /// Trailing line ends of `message` are removed.
  package init(_ code: ErrorCode, _ message: String) {
    (self.code, self.message) = (code, message.withoutTrailingNewlines)
  }

  package var description: String { message }
}

extension Problem {
  /// A policy or guard that does not exist or cannot be used. `prefix` goes before the fault's text.
  package init(_ fault: Fault, after prefix: String = "") {
    let code: ErrorCode =
      PolicyCatalog.saysNoPolicy(fault)
      ? .policyNotFound : PolicyCatalog.saysNoGuard(fault) ? .guardNotFound : .invalidPolicy
    self.init(code, prefix + fault.text)
  }
}

/// The error that a person or a program can act on; nil for wrong usage, and for errors that only a defect of Usher causes.
package func usherError(_ error: any Error) -> (any UsherError)? {
  error as? any UsherError ?? (error as? Fault).map { Problem($0) }
}

extension FieldError: UsherError {
  package var code: ErrorCode { .invalidInput }
  package var message: String { description }
}

extension FileProblem: UsherError {
  package var code: ErrorCode { .unwritableFile }
  package var message: String { description }
}

extension Fault {
  /// `line 3: what is wrong`.
  package var text: String { (line.map { "line \($0): " } ?? "") + message }
}
