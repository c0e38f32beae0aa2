import Routing
import Wire

/// The input of one decision, as given to `usher decide` and in test cases.
package struct DecideRequest: Sendable {
  /// Has no store keys when it was read from JSON.
  package var contact: Contact
  /// The tenant's devices in the order given, with the time of the decision.
  package var fleet: Fleet
  /// The seed of the policy's random numbers; the same seed gives the same answer.
  package var seed: UInt64
  /// The policy's `params`, in the order given.
  package var parameters: [Parameter]
  /// Keys of the JSON that an earlier version had under these names, in their order; empty for a request that was not read.
  package private(set) var formerKeys: [FormerKey] = []

  /// By default seed 0 and no parameters.
  package init(contact: Contact, fleet: Fleet, seed: UInt64 = 0, parameters: [Parameter] = []) {
    (self.contact, self.fleet, self.seed, self.parameters) = (contact, fleet, seed, parameters)
  }

  /// Reads a request. Only `contact.id` and each device's `id` are required. The other values have defaults (no limit,
  /// zero, empty, `online`, step 1, seed 0, a bulk share of 80, and 1970-01-01T00:00:00Z as `now`), so that the same request always gives the
  /// same answer. An unknown key throws an error that names it.
  package init(json: JSONValue) throws(FieldError) {
    var reader = try JSONReader(value: json)
    try self.init(reading: &reader)
    try reader.finish()
  }

  /// Reads a request's keys; the caller reads the remaining ones.
  package init(reading reader: inout JSONReader) throws(FieldError) {
    let now = try reader.optionalInstant("now") ?? Instant(milliseconds: 0)
    let tenant: TenantID = try reader.optionalID("tenant") ?? TenantID("default")!
    let seed = try reader.optionalInt("seed") ?? 0
    guard seed >= 0 else {
      throw reader.failure("seed", expected: "a whole number from 0 to 9223372036854775807")
    }
    self.seed = UInt64(seed)
    var contactReader = try reader.object("contact")
    contact = try DecideRequest.contact(&contactReader)
    try contactReader.finish()
    var members: [Fleet.Member] = []
    for (index, deviceReader) in try (reader.optionalObjects("devices") ?? []).enumerated() {
      var deviceReader = deviceReader
      let (member, former) = try DecideRequest.member(&deviceReader, key: DeviceKey(Int64(index + 1)))
      formerKeys += former
      if members.contains(where: { $0.device.id == member.device.id }) {
        throw deviceReader.failure("id", expected: "an id that no earlier device has")
      }
      members.append(member)
      try deviceReader.finish()
    }
    fleet = Fleet(
      tenant: tenant, now: now, members: members,
      utcOffsetMinutes: try reader.optionalUTCOffset("utc_offset_minutes") ?? 0,
      bulkShare: try reader.optionalPercent("bulk_share") ?? Tenant.defaultBulkShare)
    parameters = try reader.optionalParameters("params") ?? []
  }

  private static func contact(_ reader: inout JSONReader) throws(FieldError) -> Contact {
    var contact = ContactDraft(id: try reader.id("id"))
    for field in ContactFields.all where field.isStated { try field.read(&reader, into: &contact) }
    return contact.contact
  }

  private static func member(_ reader: inout JSONReader, key: DeviceKey) throws(FieldError) -> (
    Fleet.Member, [FormerKey]
  ) {
    var formerKeys: [FormerKey] = []
    var member = Fleet.Member(device: Device(key: key, id: try reader.id("id")), load: DeviceLoad())
    for field in DeviceFields.all where field.isStated {
      if let name = field.formerName, let key = try reader.accept(name, for: field.name) { formerKeys.append(key) }
      try field.read(&reader, into: &member)
    }
    return (member, formerKeys)
  }
}

extension JSONReader {
  mutating func optionalInstant(_ key: String) throws(FieldError) -> Instant? {
    guard let text = try optionalString(key) else { return nil }
    guard let instant = Instant(rfc3339: text) else {
      throw failure(key, expected: "a time such as 2026-11-22T09:00:00Z")
    }
    return instant
  }

  mutating func id<Entity>(_ key: String) throws(FieldError) -> ExternalID<Entity> {
    let text = try string(key)
    guard let id = ExternalID<Entity>(text) else {
      throw failure(key, expected: "an id: 1 to 200 bytes of text without control characters")
    }
    return id
  }

  mutating func optionalID<Entity>(_ key: String) throws(FieldError) -> ExternalID<Entity>? {
    presence(of: key) == .value ? try id(key) : nil
  }

  mutating func optionalPercent(_ key: String) throws(FieldError) -> Int? {
    guard let percent = try optionalInt(key) else { return nil }
    guard (0...100).contains(percent) else { throw failure(key, expected: "a whole percentage from 0 to 100") }
    return percent
  }

  /// Minutes by which local time is ahead of UTC. No zone has ever differed by more than about 15 hours.
  mutating func optionalUTCOffset(_ key: String) throws(FieldError) -> Int? {
    guard let minutes = try optionalInt(key) else { return nil }
    guard (-1080...1080).contains(minutes) else {
      throw failure(key, expected: "whole minutes from -1080 to 1080, such as 480 for UTC+8")
    }
    return minutes
  }

  mutating func optionalCount(_ key: String, from lowest: Int = 0) throws(FieldError) -> Int? {
    guard let count = try optionalInt(key) else { return nil }
    // Larger counts could overflow the sums of a device's load.
    guard (lowest...1_000_000_000).contains(count) else {
      throw failure(key, expected: "a whole number from \(lowest) to 1000000000")
    }
    return count
  }

  /// An object of scalars, in the order given.
  mutating func optionalParameters(_ key: String) throws(FieldError) -> [Parameter]? {
    guard let object = try optionalObject(key) else { return nil }
    var parameters: [Parameter] = []
    for (name, value) in object.source.members {
      switch value {
      case .bool(let value): parameters.append(Parameter(name, .boolean(value)))
      case .integer(let value): parameters.append(Parameter(name, .integer(value)))
      case .number(let value): parameters.append(Parameter(name, .number(value)))
      case .string(let value): parameters.append(Parameter(name, .text(value)))
      case .null, .array, .object: throw object.failure(name, expected: "text, a number or a boolean")
      }
    }
    return parameters
  }
}
