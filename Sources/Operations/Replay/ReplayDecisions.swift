import DryRun
import Policies
import Routing
import Wire

/// Makes recorded decisions again, each from its recorded inputs, and compares. Writes nothing.
package struct ReplayDecisions {
  private let filter: RecordFilter
  private let limit: Int

  /// `limit`: the most decisions that are made again; nil is no limit.
  package init(_ filter: RecordFilter, limit: Int? = nil) { (self.filter, self.limit) = (filter, limit ?? .max) }

  /// `progress` gets the number of decisions so far. Throws a `Problem` if the one decision that the filter names does not exist.
  /// Differences are in the report: see `ReplayReport.problem`.
  package func run(on store: any HistoryStore, progress: (Int) -> Void = { _ in }) throws -> ReplayReport {
    let report = try store.readHistory { try Replay(filter, limit: limit).run(on: $0, progress: progress) }
    if let decision = filter.decision, report.decisions == 0 {
      throw Problem(.decisionNotFound, "there is no decision \(decision) among the selected records")
    }
    return report
  }
}

extension ReplayReport {
  /// The first decision that differs, as an error; nil if none does.
  package var problem: Problem? {
    guard let difference = firstDifference else { return nil }
    let (recorded, replayed) = (difference.recorded.json, difference.replayed.json)
    let line = { (value: JSONValue) in JSONWriter().string(value) }
    let key = difference.key
    let found = { (answer: JSONValue) in key.map { line(answer.member($0)) } ?? line(answer) }
    return Problem(
      .decisionDiffers,
      """
      decision \(difference.decision) of \(difference.tenant), contact \(difference.contact) at \(difference.at.rfc3339): \
      expected \(key ?? "the answer") \(found(recorded)) as recorded, found \(found(replayed)); \
      \(different) of \(decisions) decisions differ
      recorded: \(line(recorded))
      replayed: \(line(replayed))
      """)
  }

  /// A warning that revisions were replayed from their recorded source, since this program makes other revisions of them; nil
  /// without such revisions.
  package var foreignRevisionsWarning: String? {
    guard let first = foreignRevisions.first else { return nil }
    let engines = foreignEngines.isEmpty ? "" : " (\(foreignEngines.map(\.text).joined(separator: ", ")))"
    return """
      \(foreignRevisions.count) revisions on record decided with another engine or Lua than this program's\(engines), or \
      the record of them was changed: their decisions were replayed from the source on record; the first is \(first)
      """
  }
}

extension ReplayReport.Difference {
  /// The first key of the answer whose value differs; nil when the answers are equal as JSON.
  package var key: String? {
    guard case .object(let recorded) = recorded.json, case .object(let replayed) = replayed.json else { return nil }
    let writer = JSONWriter()
    return recorded.members.first { writer.string($0.value) != writer.string(replayed[$0.key] ?? .null) }?.key
  }
}

extension JSONValue {
  fileprivate func member(_ key: String) -> JSONValue {
    guard case .object(let object) = self else { return .null }
    return object[key] ?? .null
  }
}
