import Routing
import Wire

extension DecideRequest {
  /// The request as `usher decide` takes it. What has its default is left out; reading it gives this request again, with
  /// what was reserved on the fleet as queued.
  package var json: JSONObject {
    var object = JSONObject()
    if fleet.now.milliseconds != 0 { object["now"] = .string(fleet.now.rfc3339) }
    if fleet.tenant.text != "default" { object["tenant"] = .string(fleet.tenant.text) }
    // Seeds are below 2^63, as requests and stores hold them.
    if seed != 0 { object["seed"] = .integer(Int64(seed)) }
    object["contact"] = .object(DecideRequest.json(contact))
    if !fleet.members.isEmpty {
      object["devices"] = .array(fleet.members.indices.map { .object(json(device: $0)) })
    }
    if !parameters.isEmpty { object["params"] = .object(DecideRequest.json(parameters)) }
    return object
  }

  private static func json(_ contact: Contact) -> JSONObject {
    var object = JSONObject()
    object["id"] = .string(contact.id.text)
    object["phone"] = contact.phone.map { .string($0) }
    object["name"] = contact.name.map { .string($0) }
    if !contact.sequence.isEmpty { object["sequence"] = .string(contact.sequence) }
    if contact.step != 1 { object["step"] = .integer(Int64(contact.step)) }
    object["assigned_device"] = contact.assignedDevice.map { .string($0.text) }
    object["due_at"] = contact.dueAt.map { .string($0.rfc3339) }
    if contact.attempts != 0 { object["attempts"] = .integer(Int64(contact.attempts)) }
    object["last_device"] = contact.lastDevice.map { .string($0.text) }
    if !contact.tags.isEmpty { object["tags"] = .array(contact.tags.map { .string($0) }) }
    if !contact.attributes.isEmpty { object["attributes"] = .object(json(contact.attributes)) }
    return object
  }

  private func json(device place: Int) -> JSONObject {
    let (device, load) = (fleet.members[place].device, fleet.load(place))
    var object = JSONObject()
    object["id"] = .string(device.id.text)
    if device.name != device.id.text { object["name"] = .string(device.name) }
    if device.status != .online { object["status"] = .string(device.status.rawValue) }
    if !device.platform.isEmpty { object["platform"] = .string(device.platform) }
    if !device.tags.isEmpty { object["tags"] = .array(device.tags.map { .string($0) }) }
    object["paused_until"] = device.pausedUntil.map { .string($0.rfc3339) }
    object["last_sent_at"] = device.lastSentAt.map { .string($0.rfc3339) }
    object["last_seen_at"] = device.lastSeenAt.map { .string($0.rfc3339) }
    let counts = [
      ("limit_minute", device.limits.minute), ("limit_hour", device.limits.hour), ("limit_day", device.limits.day),
      ("limit_in_flight", device.limits.inFlight), ("sent_minute", load.sentMinute), ("sent_hour", load.sentHour),
      ("sent_day", load.sentDay), ("queued", load.queued), ("in_flight", load.inFlight),
      ("failures_hour", load.failuresHour),
    ]
    for (key, count) in counts {
      guard let count, count != 0 || key.hasPrefix("limit") else { continue }
      object[key] = .integer(Int64(count))
    }
    return object
  }

  private static func json(_ parameters: [Parameter]) -> JSONObject {
    JSONObject(parameters.map { ($0.name, JSONValue($0.value)) })
  }
}

extension JSONValue {
  /// The scalar as JSON; integers and other numbers stay what they are.
  package init(_ scalar: Scalar) {
    switch scalar {
    case .boolean(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .text(let value): self = .string(value)
    }
  }
}
