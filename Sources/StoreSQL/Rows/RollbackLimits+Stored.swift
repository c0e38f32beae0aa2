import Routing
import Wire

/// A canary's rollback limits as stored: an object with a member for each, named as in `--rollback-when`.
extension RollbackLimits {
  init(stored text: String) {
    self.init()
    guard case .object(let object)? = try? JSONParser.parse(Array(text.utf8)) else { return }
    for (key, value) in object.members {
      if key == "least", case .integer(let count) = value { leastJudged = Int(count) }
      guard let measure = Measure(rawValue: key), case .string(let text) = value, let bound = Bound(text) else {
        continue
      }
      self[measure] = bound
    }
  }

  var stored: String {
    var members = Measure.allCases.map { ($0.rawValue, JSONValue.string(self[$0].text)) }
    members.append(("least", .integer(Int64(leastJudged))))
    return JSONWriter().string(.object(JSONObject(members)))
  }
}
