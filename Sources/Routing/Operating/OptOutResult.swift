/// What an opt-out came to.
package struct OptOutResult: Equatable, Sendable {
  /// The lead's id.
  package var lead: String
  /// The lead had opted out before.
  package var wasOptedOut: Bool
  /// Pending messages that will not leave.
  package var cancelledMessages: Int
  /// Open enrolments that ended.
  package var cancelledContacts: Int

  /// Counts are zero for a lead that had opted out before, unless something was open again.
  package init(lead: String, wasOptedOut: Bool, cancelledMessages: Int, cancelledContacts: Int) {
    self.lead = lead
    self.wasOptedOut = wasOptedOut
    self.cancelledMessages = cancelledMessages
    self.cancelledContacts = cancelledContacts
  }
}
