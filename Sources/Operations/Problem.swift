import Files
import Routing
import Wire

/// Why an operation was not carried out.
package struct Problem: UsherError, Equatable, CustomStringConvertible {
  package let code: ErrorCode
  package let message: String

  /// `message` loses the line ends at its end.
  package init(_ code: ErrorCode, _ message: String) {
    (self.code, self.message) = (code, message.withoutTrailingNewlines)
  }

  package var description: String { message }
}

extension Problem {
  /// A file of a policy that cannot be used.
  package init(_ fault: Fault) { self.init(.invalidPolicy, fault.text) }
}

/// The error that a person or a program can act on; nil for wrong usage, and for what only happens when Usher is wrong.
package func usherError(_ error: any Error) -> (any UsherError)? {
  error as? any UsherError ?? (error as? Fault).map(Problem.init)
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
