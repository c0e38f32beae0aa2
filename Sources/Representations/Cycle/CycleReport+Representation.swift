import Sequencing
import Terminal
import Wire

/// The result of a cycle, as `usher tick` prints it.
extension CycleReport: ListedRepresentation {
  /// One object, since a cycle is one row.
  package var json: JSONValue { .object(JSONObject(members)) }
  /// One line, for the logs of cron.
  package var jsonStyle: JSONWriter.Style { .compact }

  /// One row.
  package var listing: Listing {
    var listing = Listing(members.map(\.0))
    listing.add(members.map(\.1))
    return listing
  }

  private var members: [(String, JSONValue)] {
    [
      ("now", .string(now.rfc3339)), ("enrolled", JSONValue(enrolled)), ("decided", JSONValue(decided)),
      ("queued", JSONValue(queued)), ("waiting", JSONValue(waiting)), ("skipped", JSONValue(skipped)),
      ("sent", JSONValue(sent)), ("returned", JSONValue(returned)), ("failed", JSONValue(failed)),
      ("faults", JSONValue(faults)),
    ]
  }
}
