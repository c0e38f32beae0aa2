import Routing
import Wire

extension DecideRequest {
  /// The request in the form that `usher decide` reads, without values equal to their defaults. Reading it gives this
  /// request again, with reservations on the fleet as queued messages.
  package var json: JSONObject {
    var object = JSONObject()
    if fleet.now.milliseconds != 0 { object["now"] = .string(fleet.now.rfc3339) }
    if fleet.tenant.text != "default" { object["tenant"] = .string(fleet.tenant.text) }
    // Seeds are below 2^63, as in requests and stores.
    if seed != 0 { object["seed"] = .integer(Int64(seed)) }
    object["contact"] = .object(DecideRequest.json(contact))
    if !fleet.members.isEmpty {
      object["devices"] = .array(fleet.members.indices.map { .object(json(device: $0)) })
    }
    if fleet.utcOffsetMinutes != 0 { object["utc_offset_minutes"] = .integer(Int64(fleet.utcOffsetMinutes)) }
    if fleet.bulkShare != Tenant.defaultBulkShare { object["bulk_share"] = .integer(Int64(fleet.bulkShare)) }
    if !parameters.isEmpty { object["params"] = .object(DecideRequest.json(parameters)) }
    return object
  }

  /// A device with its load including reservations.
  package func member(_ place: Int) -> Fleet.Member {
    Fleet.Member(device: fleet.members[place].device, load: fleet.load(place))
  }

  private static func json(_ contact: Contact) -> JSONObject {
    var object = JSONObject()
    object.state(ContactFields.all, of: ContactDraft(contact), at: Instant(milliseconds: 0))
    return object
  }

  private func json(device place: Int) -> JSONObject {
    var object = JSONObject()
    object.state(DeviceFields.all, of: member(place), at: fleet.now)
    return object
  }

  private static func json(_ parameters: [Parameter]) -> JSONObject {
    JSONObject(parameters.map { ($0.name, JSONValue($0.value)) })
  }
}

extension JSONValue {
  /// The scalar as JSON; integers stay integers.
  package init(_ scalar: Scalar) {
    switch scalar {
    case .boolean(let value): self = .bool(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .text(let value): self = .string(value)
    }
  }
}
