import Routing

/// Lines of a store generated from a seed: hostile strings, every status, histories of several steps.
package struct RandomStore {
  private var random: SeededRandom
  private var lines: [String] = []
  private var fleets = RandomFleets()

  package static func lines(seed: UInt64) -> String {
    var store = RandomStore(random: SeededRandom(seed: seed))
    store.make()
    return store.lines.joined(separator: "\n")
  }

  private init(random: SeededRandom) { self.random = random }

  private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
  private mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  private mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  /// A JSON string that is not blank.
  private mutating func text() -> String {
    let parts = [
      "a", "Ω", "🙂", "e\u{301}", "\\\"", "\\\\", "|", ",", "\\n", " ", "'", "=1", "{name}", "\u{2028}",
      "true", "7",
    ]
    return "\"x" + (0..<below(6)).map { _ in pick(parts) }.joined() + "\""
  }

  private mutating func instant() -> String {
    "\"" + Instant(milliseconds: 1_795_338_000_000 + Int64(below(9_000_000))).rfc3339 + "\""
  }

  private mutating func scalars() -> String {
    let values = [
      "1", "3.0", "-0.0", "1e300", "0.1", "true", "false", "\"\"", "\"5\"", "9007199254740993", text(),
    ]
    let names = ["city", "age", "a b", "ü", "x,y"].filter { _ in chance(50) }
    return "{" + names.map { "\"\($0)\":\(pick(values))" }.joined(separator: ",") + "}"
  }

  private mutating func texts() -> String {
    "[" + (0..<below(3)).map { index in "\"\(index)" + text().dropFirst() }.joined(separator: ",") + "]"
  }

  /// Sometimes a key with a priority, after another key.
  private mutating func priority() -> String {
    chance(50) ? "" : #","priority":"\#(pick(["urgent", "normal", "bulk"]))""#
  }

  private mutating func make() {
    let digest = "sha256:" + String(repeating: "0f", count: 32)
    var history: [String] = [
      #"{"type":"policy_revision","id":"\#(digest)","policy":\#(text()),"source":\#(text()),"params":\#(scalars()),"created_at":\#(instant())}"#
    ]
    for tenant in 0..<2 {
      let of = #""tenant":"t\#(tenant)""#
      lines.append(
        #"{"type":"tenant","id":"t\#(tenant)","name":\#(text()),"policy":["a","b"],"params":\#(scalars()),"patience_s":\#(below(900)),"bulk_share":\#(below(101))}"#
      )
      for device in 0..<3 { makeDevice(device, of) }
      for sequence in 0..<2 {
        let steps = (0..<3).map { _ in #"{"delay_s":\#(below(90_000)),"content":\#(text())\#(priority())}"# }
        lines.append(
          #"{"type":"sequence",\#(of),"id":"s\#(sequence)","trigger":\#(text()),"status":"\#(pick(["draft", "active", "paused"]))","steps":[\#(steps.joined(separator: ","))]}"#
        )
      }
      for lead in 0..<8 { makeLead(lead, of) }
      history.append(
        #"{"type":"policy_activation",\#(of),"generation":1,"position":1,"revision":"\#(digest)","at":\#(instant()),"policy":\#(text())}"#
      )
      fleets = RandomFleets()
      for lead in 0..<8 where chance(70) { makeEnrolment(lead, of, digest, &history) }
      for (number, fleet) in fleets.made.enumerated() {
        history.append(
          #"{"type":"fleet_record",\#(of),"number":\#(number + 1),"generation":1,"at":"\#(fleet.at.rfc3339)"\#(number % 2 == 0 ? "" : #","utc_offset_minutes":345,"bulk_share":\#(number)"#),"body":"\#(fleet.body)"}"#
        )
      }
      history.append(
        #"{"type":"device_event",\#(of),"device":"d0","kind":"status","actor":\#(text()),"at":\#(instant())}"#
      )
      history.append(
        #"{"type":"audit",\#(of),"actor":"a","action":"b","subject":\#(text()),"reason":\#(text()),"at":\#(instant())}"#
      )
    }
    // Keys grow in the order of an export, so that an import type by type leaves no gaps.
    lines += history
  }

  private mutating func makeDevice(_ device: Int, _ of: String) {
    let status = pick(["online", "offline", "auth_failed", "unknown"])
    let limit = chance(50) ? "null" : "\(below(90))"
    let activation = chance(50) ? "" : #","activated_at":\#(chance(30) ? "null" : instant())"#
    lines.append(
      #"{"type":"device",\#(of),"id":"d\#(device)","name":\#(text()),"status":"\#(status)","limits":{"hour":\#(limit)},"pace_s":[0.\#(below(9)),\#(1 + below(9))],"tags":\#(texts()),"attributes":\#(scalars()),"last_seen_at":\#(instant())\#(activation)}"#
    )
  }

  private mutating func makeLead(_ lead: Int, _ of: String) {
    let device = chance(20) ? "null" : "\"d\(below(3))\""
    var optOut = chance(20) ? #","opted_out_at":\#(instant())"# : ""
    if chance(40) { optOut += #","time_zone":"\#(pick(["UTC", "Asia/Kathmandu", "Europe/Berlin"]))""# }
    lines.append(
      #"{"type":"lead",\#(of),"id":"l\#(lead)","phone":"+60111000000\#(lead)","name":\#(text()),"device":\#(device),"tags":\#(texts()),"attributes":\#(scalars()),"triggers":\#(texts())\#(optOut)}"#
    )
  }

  private mutating func makeEnrolment(_ lead: Int, _ of: String, _ digest: String, _ history: inout [String]) {
    let status = pick(["scheduled", "waiting", "queued", "completed", "failed", "cancelled"])
    let step = 1 + below(3)
    let names = #"\#(of),"sequence":"s\#(below(2))","lead":"l\#(lead)""#
    let assigned = chance(20) ? "null" : "\"d\(below(3))\""
    lines.append(
      #"{"type":"enrolment",\#(names),"assigned_device":\#(assigned),"step":\#(step),"status":"\#(status)","reason":\#(text()),"attempts":\#(below(4)),"moves":\#(below(3)),"due_at":\#(instant()),"enrolled_at":\#(instant())}"#
    )
    let isCarried = status != "scheduled" && status != "waiting"
    for number in 1...step where number < step || isCarried {
      var (at, record) = (instant(), chance(50) ? "" : #","fleet":0"#)
      if chance(70) {
        if fleets.made.isEmpty || chance(40) { fleets.step(&random) }
        at = "\"\(fleets.made.last!.at.rfc3339)\""
        record = #","fleet":\#(fleets.made.count),"due_at":\#(instant()),"attempts":\#(below(5)),"last_device":"d2""#
        record += priority()
        if chance(50) { record += #","utc_offset_minutes":\#(below(1600) - 720)"# }
        if chance(50) { record += #","messages_day":\#(1 + below(9)),"moves":\#(1 + below(3))"# }
      }
      history.append(
        #"{"type":"decision",\#(names),"number":\#(number),"step":\#(number),"outcome":"use","device":"d0","reason":\#(text()),"revision":"\#(digest)","seed":\#(random.next() >> 1),"instructions":5,"notes":\#(texts()),"at":\#(at)\#(record)}"#
      )
      replaced(names, number, &history)
      let state = number < step ? #""sent","sent_at":\#(instant())"# : #""pending""#
      history.append(
        #"{"type":"message",\#(names),"step":\#(number),"decision":\#(number),"phone":"+601110000001","device":"d0","content":\#(text()),"status":\#(state),"attempts":1,"created_at":\#(instant())\#(priority())}"#
      )
      history.append(
        #"{"type":"attempt",\#(names),"step":\#(number),"number":1,"device":"d0","epoch":1,"started_at":\#(instant())}"#
      )
      if chance(30) {
        history.append(
          #"{"type":"assignment",\#(names),"device":"d1","decision":\#(number),"reason":\#(text()),"actor":"p","at":\#(instant())}"#
        )
      }
    }
  }

  /// The rows that the decision saw were changed after it. Only once for a step: two equal versions would be merged.
  private mutating func replaced(_ names: String, _ number: Int, _ history: inout [String]) {
    if chance(30) {
      history.append(
        #"{"type":"lead_history",\#(names),"number":\#(number),"name":\#(text()),"tags":\#(texts()),"attributes":\#(scalars())}"#
      )
    }
    if chance(30) {
      history.append(
        #"{"type":"enrolment_history",\#(names),"number":\#(number),"id":\#(text()),"phone":"+60199\#(10_000 + below(9999))"}"#
      )
    }
    if chance(30) {
      history.append(
        #"{"type":"step_history",\#(names),"number":\#(number),"step":\#(number),"content":\#(text())}"#)
    }
  }
}
