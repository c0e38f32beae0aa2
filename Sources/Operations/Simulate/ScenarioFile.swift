import DryRun
import Routing
import Wire

/// Reads a scenario: a JSON object with `offline`, `retire`, `cap` and `arrivals`, each a list.
package enum ScenarioFile {
  /// Adds the incidents of the file. Throws a `Problem` that names file, field, the expected and the found value.
  package static func read(_ bytes: [UInt8], called name: String, into scenario: inout Scenario) throws {
    do {
      try add(try JSONParser.parse(bytes), called: name, to: &scenario)
    } catch let error as JSONError {
      throw Problem(.invalidInput, "\(name): \(error)")
    } catch let error as FieldError {
      throw Problem(.invalidInput, "\(name), \(error)")
    }
  }

  private static func add(
    _ value: JSONValue, called name: String, to scenario: inout Scenario
  ) throws(FieldError) {
    var reader = try JSONReader(value: value)
    let place = { (row: JSONReader) in "\(name), \(row.path)" }
    for var row in try reader.optionalObjects("offline") ?? [] {
      let happening = Scenario.Happening.offline(
        device: try row.string("device"), from: try time("from", of: &row), to: try time("to", of: &row))
      try row.finish()
      scenario.add(happening, at: place(row))
    }
    for var row in try reader.optionalObjects("retire") ?? [] {
      let happening = Scenario.Happening.retire(device: try row.string("device"), at: try time("at", of: &row))
      try row.finish()
      scenario.add(happening, at: place(row))
    }
    for var row in try reader.optionalObjects("cap") ?? [] {
      let happening = Scenario.Happening.cap(
        device: try row.string("device"), limit: try count("limit", of: &row, atLeast: 0),
        per: try window(of: &row), at: try time("at", of: &row))
      try row.finish()
      scenario.add(happening, at: place(row))
    }
    for var row in try reader.optionalObjects("arrivals") ?? [] {
      let happening = Scenario.Happening.arrivals(
        sequence: try row.optionalString("sequence"), count: try count("count", of: &row, atLeast: 1),
        per: try window(of: &row))
      try row.finish()
      scenario.add(happening, at: place(row))
    }
    try reader.finish()
  }

  private static func time(_ key: String, of row: inout JSONReader) throws(FieldError) -> SimulatedTime? {
    guard let text = try row.optionalString(key) else { return nil }
    guard let time = SimulatedTime(text) else { throw row.failure(key, expected: SimulatedTime.expected) }
    return time
  }

  private static func count(_ key: String, of row: inout JSONReader, atLeast least: Int) throws(FieldError) -> Int {
    let count = try row.int(key)
    guard (least...Scenario.limitMax).contains(count) else {
      throw row.failure(key, expected: "a whole number from \(least) to \(Scenario.limitMax)")
    }
    return count
  }

  private static func window(of row: inout JSONReader) throws(FieldError) -> Incident.Window {
    guard let window = Incident.Window(rawValue: try row.string("per")) else {
      throw row.failure("per", expected: "one of 'minute', 'hour', 'day'")
    }
    return window
  }
}
