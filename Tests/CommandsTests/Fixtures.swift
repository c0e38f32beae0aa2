import Wire

/// Lines of an import: each test gives only the fields that matter to it.
extension JSONValue {
  static func tenant(_ id: String = "acme", policy: String = "fallback", maxWait: Int? = nil) -> JSONValue {
    [
      "type": "tenant", "id": .string(id), "policy": .string(policy),
      "params": maxWait.map { ["max_wait": JSONValue($0)] } ?? [:],
    ]
  }

  static func device(
    _ id: String, of tenant: String = "acme", status: String = "online", hour: Int? = nil, pace: [Double] = [0, 0]
  ) -> JSONValue {
    [
      "type": "device", "tenant": .string(tenant), "id": .string(id), "name": .string("Phone \(id)"),
      "status": .string(status), "limits": ["hour": hour.map { JSONValue($0) } ?? .null],
      "pace_s": .array(pace.map { .number($0) }),
    ]
  }

  static func sequence(_ id: String = "welcome", of tenant: String = "acme", delays: [Int] = [0]) -> JSONValue {
    [
      "type": "sequence", "tenant": .string(tenant), "id": .string(id), "trigger": "NEW",
      "steps": .array(
        delays.enumerated().map { number, delay in
          ["delay_s": JSONValue(delay), "content": .string("Step \(number + 1) for {name|you}")]
        }),
    ]
  }

  static func lead(_ number: Int, of tenant: String = "acme", device: String?) -> JSONValue {
    let digits = String(1_000_000 + number)
    let prefix = tenant == "acme" ? "+6012" : "+4930"
    return [
      "type": "lead", "tenant": .string(tenant), "id": .string("L\(number)"),
      "phone": .string(prefix + digits), "name": .string("Lead \(number)"),
      "device": device.map { .string($0) } ?? .null, "triggers": ["NEW"],
    ]
  }
}

/// The times that tests use.
enum Moment {
  static let nine = "2026-11-22T09:00:00Z"
  static let ten = "2026-11-22T10:00:00Z"
}
