/// Why an operator's command was not carried out; nothing was written.
package enum OperatorError: Error, Equatable, Sendable {
  /// `what` ("device", "contact", "lead", "tenant") is not called that.
  case unknown(what: String, id: String)
  /// What was expected, what was found, and what to do.
  case refused(String)

  /// A sentence for the person who gave the command.
  package var text: String {
    switch self {
    case .unknown(let what, let id): "there is no \(what) '\(id)'; expected the id of one in this store"
    case .refused(let text): text
    }
  }
}
