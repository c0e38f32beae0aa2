import DryRun
import Policies
import Representations
import Routing
import Wire

/// A replay's report for people and programs.
struct ReplayTalk {
  private let report: ReplayReport

  init(_ report: ReplayReport) { self.report = report }

  func put(_ format: ListingFormat) {
    if format == .json { return Talk.put(JSONWriter(style: .pretty).string(json) + "\n") }
    Talk.put(parts, format)
  }

  /// The first decision that differs, in words; nil when none does.
  var difference: String? {
    guard let difference = report.firstDifference else { return nil }
    let (recorded, replayed) = (difference.recorded.json, difference.replayed.json)
    let line = { (value: JSONValue) in JSONWriter().string(value) }
    let key = Self.key(difference)
    let found = { (answer: JSONValue) in key.map { line(answer.member($0)) } ?? line(answer) }
    return """
      decision \(difference.decision) of \(difference.tenant), contact \(difference.contact) at \(difference.at.rfc3339): \
      expected \(key ?? "the answer") \(found(recorded)) as it is on record, found \(found(replayed)); \
      \(report.different) of \(report.decisions) decisions differ
      recorded: \(line(recorded))
      replayed: \(line(replayed))
      """
  }

  var foreignRevisions: String {
    """
    \(report.foreignRevisions.count) revisions on record were made by another engine or Lua than this program's, or what \
    is on record of them was changed: their decisions were made again from the source on record; the first is \
    \(report.foreignRevisions[0])
    """
  }

  private static func key(_ difference: ReplayReport.Difference) -> String? {
    guard case .object(let recorded) = difference.recorded.json, case .object(let replayed) = difference.replayed.json
    else { return nil }
    let writer = JSONWriter()
    return recorded.members.first { writer.string($0.value) != writer.string(replayed[$0.key] ?? .null) }?.key
  }

  private var counts: [(String, Int)] {
    [
      ("identical", report.identical), ("different", report.different), ("not_asked", report.notAsked),
      ("timeouts", report.timeouts), ("without_record", report.unrecorded.byPolicies),
      ("by_operators", report.unrecorded.byOperators), ("archived", report.unrecorded.archived),
    ]
  }

  private var parts: Listing {
    var listing = Listing(["part", "decisions"])
    for (part, count) in counts { listing.add([.string(part), JSONValue(count)]) }
    listing.add([.string("total"), JSONValue(report.decisions)])
    return listing
  }

  private var json: JSONValue {
    let difference = report.firstDifference.map { difference in
      JSONValue.object(
        JSONObject([
          ("tenant", .string(difference.tenant.text)), ("contact", .string(difference.contact.text)),
          ("decision", .integer(difference.decision)), ("at", .string(difference.at.rfc3339)),
          ("key", JSONValue(Self.key(difference))), ("recorded", difference.recorded.json),
          ("replayed", difference.replayed.json),
        ]))
    }
    return .object(
      JSONObject(
        [("decisions", JSONValue(report.decisions))] + counts.map { ($0.0, JSONValue($0.1)) }
          + [
            ("foreign_revisions", .array(report.foreignRevisions.map { .string($0) })),
            ("first_difference", difference ?? .null),
          ]))
  }
}

extension JSONValue {
  fileprivate func member(_ key: String) -> JSONValue {
    guard case .object(let object) = self else { return .null }
    return object[key] ?? .null
  }
}
