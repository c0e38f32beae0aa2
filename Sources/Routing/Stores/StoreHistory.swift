/// Reads of one moment of a store that keeps what happened: beside what a cycle needs, the decisions on record and all
/// that is known of a contact.
package protocol StoreHistory: StoreSnapshot {
  /// Visits decisions on record with what they were made on, tenant by tenant: each run, then those of its decisions
  /// that the filter takes, in their order, until `decision` returns false. Memory for one run's fleet. Throws
  /// `UnreadableRecord` where what was kept cannot be read.
  func visitRecord(
    _ filter: RecordFilter, run: (RecordedRun) throws -> Void, decision: (RecordedDecision) throws -> Bool
  ) throws

  /// How many decisions that the filter takes have no record: nothing can make them again.
  func countUnrecorded(_ filter: RecordFilter) throws -> UnrecordedCounts

  /// The contacts that go by a name, at most `limit`, by tenant and key: a contact's id, a lead's id, or a phone number.
  /// `tenant` nil: of all tenants. Costs a look-up for each tenant.
  func contacts(named name: String, of tenant: TenantKey?, limit: Int) throws -> [NamedContact]

  /// Contacts whose ids come next to a name that is none, at most `limit`.
  func contacts(near name: String, of tenant: TenantKey?, limit: Int) throws -> [NamedContact]

  /// Leads that go by a name, an id or a phone number, and are in no sequence; at most `limit`, by tenant.
  func unenrolled(named name: String, of tenant: TenantKey?, limit: Int) throws -> [UnenrolledLead]

  /// Everything on record about a contact, with its last `decisionLimit` decisions; nil for one that is not there.
  func contact(_ id: ContactID, of tenant: TenantID, decisionLimit: Int) throws -> ContactDetails?

  /// The contact's current step as it would be decided, due or not.
  func currentStep(of id: ContactID, of tenant: TenantKey, at now: Instant) throws -> CurrentStep

  /// How many messages leave the device before this one that waits on it.
  func messagesAhead(of message: MessageKey) throws -> Int

  /// What is on record about the tenant's devices beside their loads. Costs a walk over the devices' events.
  func circumstances(of tenant: TenantKey) throws -> [DeviceKey: DeviceCircumstances]
}
