/// The effects of an opt-out.
package struct OptOutResult: Equatable, Sendable {
  /// The lead's id.
  package var lead: String
  /// Whether the lead had already opted out.
  package var wasOptedOut: Bool
  /// Pending messages that were cancelled.
  package var cancelledMessages: Int
  /// Open enrolments that were ended.
  package var cancelledContacts: Int

  /// Both counts are zero for a lead that had already opted out, unless messages or enrolments were opened since.
  package init(lead: String, wasOptedOut: Bool, cancelledMessages: Int, cancelledContacts: Int) {
    self.lead = lead
    self.wasOptedOut = wasOptedOut
    self.cancelledMessages = cancelledMessages
    self.cancelledContacts = cancelledContacts
  }
}
