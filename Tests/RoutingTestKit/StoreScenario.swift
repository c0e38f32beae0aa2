import Routing
import Stores
import Wire

/// Rows for a store, described by what matters to a test and imported like a user's data.
package struct StoreScenario {
  private var lines: [JSONValue] = []

  package init() {}

  package mutating func tenant(
    _ id: String, policy: String = "fallback", policies: [String]? = nil, parameters: [(String, JSONValue)] = [],
    bulkShare: Int? = nil
  ) {
    let list: JSONValue = policies.map { .array($0.map { .string($0) }) } ?? .string(policy)
    var members: [(String, JSONValue)] = [
      ("id", .string(id)), ("policy", list), ("params", .object(JSONObject(parameters))),
    ]
    if let bulkShare { members.append(("bulk_share", .integer(Int64(bulkShare)))) }
    add("tenant", members)
  }

  package mutating func device(
    _ id: String, of tenant: String = "acme", status: String = "online", minute: Int? = nil, hour: Int? = nil,
    day: Int? = nil, queue: Int? = nil, pace: [Double]? = nil, tags: [String] = []
  ) {
    let limit = { (value: Int?) -> JSONValue in value.map { .integer(Int64($0)) } ?? .null }
    var members: [(String, JSONValue)] = [
      ("tenant", .string(tenant)), ("id", .string(id)), ("status", .string(status)),
      (
        "limits",
        .object(
          JSONObject([
            ("minute", limit(minute)), ("hour", limit(hour)), ("day", limit(day)), ("queue", limit(queue)),
          ]))
      ), ("tags", .array(tags.map { .string($0) })),
    ]
    if let pace { members.append(("pace_s", .array(pace.map { .number($0) }))) }
    add("device", members)
  }

  /// `delays` in seconds, one per step. Steps beyond `priorities` are normal.
  package mutating func sequence(
    _ id: String = "welcome", of tenant: String = "acme", trigger: String? = "NEW", status: String = "active",
    delays: [Int] = [0], content: String = "Hi {name|there}", priorities: [Priority] = []
  ) {
    var members: [(String, JSONValue)] = [("tenant", .string(tenant)), ("id", .string(id))]
    if let trigger { members.append(("trigger", .string(trigger))) }
    members.append(("status", .string(status)))
    members.append(
      (
        "steps",
        .array(
          delays.enumerated().map { index, delay in
            var step = JSONObject([("delay_s", .integer(Int64(delay))), ("content", .string(content))])
            if index < priorities.count { step["priority"] = .string(priorities[index].name) }
            return .object(step)
          })
      ))
    add("sequence", members)
  }

  package mutating func lead(
    _ number: Int, of tenant: String = "acme", device: String? = nil, triggers: [String] = ["NEW"],
    isOptedOut: Bool = false, name: String? = nil
  ) {
    var members: [(String, JSONValue)] = [
      ("tenant", .string(tenant)), ("id", .string("L\(number)")), ("phone", .string("+\(15_550_000_000 + number)")),
    ]
    if let name { members.append(("name", .string(name))) }
    if let device { members.append(("device", .string(device))) }
    members.append(("triggers", .array(triggers.map { .string($0) })))
    if isOptedOut { members.append(("opted_out", .bool(true))) }
    add("lead", members)
  }

  package mutating func add(_ type: String, _ members: [(String, JSONValue)]) {
    lines.append(.object(JSONObject([("type", .string(type))] + members)))
  }

  package var jsonLines: [UInt8] {
    var bytes: [UInt8] = []
    for line in lines {
      JSONWriter().append(line, to: &bytes)
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  /// Creates a new store with these rows.
  package func store(in folder: TestFolder, name: String = "usher.db", at now: Instant) throws -> any Store {
    let store = try Stores.create(folder.file(name))
    _ = try store.importFile(ByteSource(jsonLines), ImportOptions(now: now))
    return store
  }
}
