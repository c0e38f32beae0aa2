/// Reads a store with its history in one snapshot: in addition to what a cycle needs, the recorded decisions and
/// everything known about a contact.
package protocol StoreHistory: StoreSnapshot {
  /// Visits recorded decisions with their inputs, tenant by tenant: each run, then those of its decisions that match the
  /// filter, in order, until `decision` returns false. Needs memory for the fleet of one run. Throws `UnreadableRecord`
  /// if a record cannot be read.
  func visitRecord(
    _ filter: RecordFilter, run: (RecordedRun) throws -> Void, decision: (RecordedDecision) throws -> Bool
  ) throws

  /// How many decisions that match the filter have no record and therefore cannot be replayed.
  func countUnrecorded(_ filter: RecordFilter) throws -> UnrecordedCounts

  /// The contacts with a given contact id, lead id or phone number, at most `limit`, by tenant and key. With `tenant`
  /// nil, of all tenants. Costs a look-up for each tenant.
  func contacts(named name: String, of tenant: TenantKey?, limit: Int) throws -> [NamedContact]

  /// Contacts whose ids are closest to a name that does not exist, at most `limit`.
  func contacts(near name: String, of tenant: TenantKey?, limit: Int) throws -> [NamedContact]

  /// Leads with a given id or phone number that are in no sequence; at most `limit`, by tenant.
  func unenrolled(named name: String, of tenant: TenantKey?, limit: Int) throws -> [UnenrolledLead]

  /// Everything recorded about a contact, with its last `decisionLimit` decisions; nil if it does not exist.
  func contact(_ id: ContactID, of tenant: TenantID, decisionLimit: Int) throws -> ContactDetails?

  /// The contact's current step in the form in which it is decided, whether due or not.
  func currentStep(of id: ContactID, of tenant: TenantKey, at now: Instant) throws -> CurrentStep

  /// Where a waiting contact stands on a waitlist; nil for a contact on none. Costs a step in an index for each contact
  /// before it.
  func waitlistPlace(of id: ContactID, of tenant: TenantKey) throws -> WaitlistPlace?

  /// The waiting contacts of a tenant by waitlist, reason and code, in no order. Costs a walk over their rows: some seconds
  /// for 1,000,000.
  func waits(of tenant: TenantKey) throws -> [WaitingGroup]

  /// How many waiting contacts named a filter of devices, but stand on the fleet's waitlist because the tenant already has
  /// `StoredWaitlist.filtersMax` filters. For such a tenant it costs a walk over the fleet's waitlist.
  func contactsBeyondFilters(of tenant: TenantKey) throws -> Int

  /// How many messages the device sends before this one in its queue.
  func messagesAhead(of message: MessageKey) throws -> Int

  /// Recorded facts about the tenant's devices other than their loads. Costs a walk over the devices' events.
  func circumstances(of tenant: TenantKey) throws -> [DeviceKey: DeviceCircumstances]
}
