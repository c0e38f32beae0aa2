/// What an opt-out came to.
package struct OptOutResult: Equatable, Sendable {
  /// The lead's id.
  package var lead: String
  /// The lead had opted out before.
  package var wasOptedOut: Bool
  package var cancelledMessages: Int
  package var cancelledContacts: Int

  package init(lead: String, wasOptedOut: Bool, cancelledMessages: Int, cancelledContacts: Int) {
    self.lead = lead
    self.wasOptedOut = wasOptedOut
    self.cancelledMessages = cancelledMessages
    self.cancelledContacts = cancelledContacts
  }
}
