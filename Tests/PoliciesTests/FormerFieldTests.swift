import Routing
import Testing
import Wire

@testable import Policies

/// `limit_in_flight`, as version 0.1.0 called `limit_queue`: policies and requests of that version answer as before.
struct FormerFieldTests {
  private static func request(_ fields: String) throws -> DecideRequest {
    let json = #"{"contact":{"id":"c"},"devices":[{"id":"D1","queued":3,\#(fields)},{"id":"D2"}]}"#
    return try DecideRequest(json: try JSONParser.parse(Array(json.utf8)))
  }

  private static func answer(_ name: String, _ request: DecideRequest) throws -> DecideAnswer {
    let source = """
      return { select = function(contact, fleet)
        local text = ''
        for _, d in ipairs(fleet) do text = text .. tostring(d.\(name)) .. ' ' .. d.queued .. ' ' end
        return use(fleet[1], text .. tostring(fleet[1].\(name)))
      end }
      """
    return DecideAnswer(request, policies: [try CompiledPolicy(file: "p", source: Array(source.utf8))])
  }

  @Test func `a policy that reads the old name answers as before`() throws {
    let request = try Self.request(#""limit_queue":50"#)
    let (old, new) = (try Self.answer("limit_in_flight", request), try Self.answer("limit_queue", request))
    #expect(old.decision.reason == "50 3 nil 0 50" && new.decision.reason == old.decision.reason)
    #expect(old.decision.instructions == new.decision.instructions)
  }

  @Test func `a request may use the old name, and says so`() throws {
    let (old, new) = (try Self.request(#""limit_in_flight":50"#), try Self.request(#""limit_queue":50"#))
    #expect(old.fleet.members.map(\.device) == new.fleet.members.map(\.device))
    #expect(old.fleet.members[0].device.limits.queue == 50)
    #expect(new.formerKeys.isEmpty)
    #expect(old.formerKeys.map(\.note) == ["devices[0].limit_in_flight: 'limit_in_flight' is now called 'limit_queue'"])
    #expect(JSONWriter().string(.object(old.json)).contains(#""limit_queue":50"#))
  }

  @Test func `both names with different values are refused`() throws {
    #expect(try Self.request(#""limit_in_flight":50,"limit_queue":50"#).formerKeys.count == 1)
    let error = #expect(throws: FieldError.self) { try Self.request(#""limit_in_flight":50,"limit_queue":51"#) }
    #expect(error?.path == "devices[0].limit_in_flight")
  }

  @Test func `the old name is no field of its own`() {
    #expect(!PolicyVocabulary.device.fields.map(\.name).contains("limit_in_flight"))
    #expect(PolicyVocabulary.device.aliases.map(\.name) == ["limit_in_flight"])
  }

  @Test func `a full queue is refused with what is queued`() throws {
    let member = Fleet.Member(
      device: Device(key: DeviceKey(1), id: DeviceID("D1")!, limits: DeviceLimits(queue: 50)),
      load: DeviceLoad(queued: 48, inFlight: 2))
    let refusal = DeviceRefusal.first(for: member.device, load: member.load, at: Instant(milliseconds: 0))
    #expect(refusal?.text == "50 of 50 queued")
  }
}
