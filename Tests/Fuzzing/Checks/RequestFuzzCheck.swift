import Policies
import Routing
import Wire

/// The rules for any bytes sent as a request of `usher decide`.
package struct RequestFuzzCheck: FuzzCheck {
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package func run() throws(BrokenRule) {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONParser.parse(bytes)
    } catch {
      try rule(
        !error.message.isEmpty && error.line >= 1 && error.column >= 1,
        "an error has a message and a position: \(error)")
      return
    }
    try writeAndRead(json)
    let request: DecideRequest
    do throws(FieldError) {
      request = try DecideRequest(json: json)
    } catch {
      try rule(!error.expected.isEmpty && !error.found.isEmpty, "an error states what was expected and found: \(error)")
      return
    }
    try answer(request)
  }

  /// Written JSON can be read again, and is then written identically.
  private func writeAndRead(_ json: JSONValue) throws(BrokenRule) {
    for style in [JSONWriter.Style.compact, .pretty] {
      let text = JSONWriter(style: style).string(json)
      guard let read = try? JSONParser.parse(text.utf8) else {
        throw BrokenRule(description: "written JSON is valid: \(text)")
      }
      try rule(
        JSONWriter(style: style).string(read) == text, "JSON that is read and written again is the same: \(text)")
    }
  }

  private func answer(_ request: DecideRequest) throws(BrokenRule) {
    // A policy that reads everything and returns no verdict, then one of the shipped ones.
    let shipped = ShippedPolicies.all[bytes.count % ShippedPolicies.all.count]
    var policies: [CompiledPolicy] = []
    for (name, source) in [("reader", Array(Self.reader.utf8)), shipped] {
      do throws(Fault) {
        policies.append(try CompiledPolicy(file: name, source: source, parameters: request.parameters))
      } catch {
        try rule(!request.parameters.isEmpty && !error.message.isEmpty, "only a parameter can be wrong: \(error)")
        return
      }
    }
    let answer = DecideAnswer(request, policies: policies, explains: true)
    try obey(answer, to: request)
    let text = JSONWriter().string(answer.json)
    try rule((try? JSONParser.parse(text.utf8)) == answer.json, "an answer is read back unchanged: \(text)")
    let again = DecideAnswer(request, policies: policies, explains: true)
    try rule(JSONWriter().string(again.json) == text, "the same request has the same answer: \(text)")
  }

  private func obey(_ answer: DecideAnswer, to request: DecideRequest) throws(BrokenRule) {
    let decision = answer.decision
    try rule(!decision.reason.isEmpty, "a decision has a reason")
    try rule(answer.considered.count == request.fleet.count, "each device is considered")
    // The policies are valid: only a parameter, or a string that is too long, can be wrong.
    try rule(
      decision.fault.map { $0.kind == .memory } != false || !request.parameters.isEmpty,
      "these policies have no fault: \(decision)")
    switch decision.resolution {
    case .use, .move:
      try rule(decision.fault == nil, "a fault chooses no device")
      try rule(answer.device.flatMap(request.fleet.position) != nil, "the device is one of the fleet")
      try rule(answer.considered.count(where: { $0.verdict == .chosen }) == 1, "one device was chosen")
    case .wait(let until):
      try rule(until > request.fleet.now, "a wait ends in the future")
      fallthrough
    case .skip:
      try rule(answer.device == nil && !answer.considered.contains { $0.verdict == .chosen }, "no device was chosen")
    }
  }

  /// Reads each field of its arguments.
  private static let reader = """
    local function of(values)
      local list = {}
      for i, value in ipairs(values) do list[i] = value end
      return table.concat(list, ',')
    end
    return {
      name = 'reader', params = { max_wait = 900, label = 'x', is_strict = false },
      select = function(contact, fleet)
        local c = contact
        note(tostring(c.id) .. tostring(c.phone) .. tostring(c.name) .. c.sequence .. c.step .. tostring(c.device))
        note(tostring(c.assigned_device) .. tostring(c.due_at) .. c.attempts .. tostring(c.last_device) .. of(c.tags))
        note(tostring(c.attributes.city) .. tostring(c.attributes.score) .. tostring(params.label) .. now)
        for _, d in ipairs(fleet:candidates(3)) do
          note(d.id .. d.name .. d.status .. tostring(d.online) .. tostring(d.can_accept_more) .. d.platform .. of(d.tags))
          note(d.sent_minute + d.sent_hour + d.sent_day + d.queued + d.in_flight + d.failures_hour + d.headroom + d.load)
          note(tostring(d.limit_minute) .. tostring(d.limit_hour) .. tostring(d.limit_day) .. tostring(d.limit_queue)
            .. tostring(d.limit_in_flight))
          note(tostring(d.last_sent_at) .. tostring(d.last_seen_at) .. #fleet)
        end
        note(tostring(fleet:hash(c.id)) .. tostring(fleet:first_available({ tag = 'vip' })) .. random())
        return nil
      end,
    }
    """
}
