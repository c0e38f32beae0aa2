import DryRun
import Policies
import Routing
import Terminal
import Wire

/// One contact of a dry run with both decisions in full, once for each tenant that has a contact with its id.
package struct DryRunContactText: Representation {
  private let details: [DryRunReport.Detail]

  /// `details` are those of a report whose options name the contact; at least one.
  package init(_ details: [DryRunReport.Detail]) { self.details = details }

  /// An object for one contact, an array for several. A decision has the keys of `usher decide`, other than `considered`.
  package var json: JSONValue {
    let values = details.map { Self.json($0) }
    return values.count == 1 ? values[0] : .array(values)
  }

  /// A table with a header row for each tenant's contact, separated by blank lines.
  package var csv: String { details.map { Self.listing($0).csv }.joined(separator: "\n") }

  /// Both decisions side by side, a line for each key; one table for each tenant's contact.
  package func table(columns: Int?) -> StyledText {
    let listings = details.map { Self.listing($0, isForPeople: true) }
    return StyledText(listings.map { $0.text(.table, columns: columns) }.joined(separator: "\n"))
  }

  private static func json(_ detail: DryRunReport.Detail) -> JSONValue {
    .object(
      JSONObject(
        facts(detail) + [
          ("before", answer(detail.before, detail.beforeDevice)), ("after", answer(detail.after, detail.afterDevice)),
        ]))
  }

  private static func listing(_ detail: DryRunReport.Detail, isForPeople: Bool = false) -> Listing {
    var listing = Listing(["what", "before", "after"])
    for (name, value) in facts(detail) { listing.add([.string(name.replacing("_", with: " ")), value, value]) }
    let (before, after) = (answer(detail.before, detail.beforeDevice), answer(detail.after, detail.afterDevice))
    guard case .object(let one) = before, case .object(let two) = after else { return listing }
    for member in one.members where !isForPeople || member.key != "code" {
      listing.add([.string(member.key), member.value, two[member.key] ?? .null])
    }
    return listing
  }

  private static func facts(_ detail: DryRunReport.Detail) -> [(String, JSONValue)] {
    let contact = detail.contact
    return [
      ("tenant", .string(detail.tenant.text)), ("contact", .string(contact.id.text)), ("step", JSONValue(contact.step)),
      ("due_at", JSONValue(contact.dueAt?.rfc3339)), ("attempts", JSONValue(contact.attempts)),
      ("assigned_device", JSONValue(contact.assignedDevice?.text)),
    ]
  }

  private static func answer(_ decision: Decision, _ device: DeviceID?) -> JSONValue {
    guard case .object(let object) = DecideAnswer(decision, device: device).json else { return .null }
    return .object(JSONObject(object.members.filter { $0.key != "considered" }.map { ($0.key, $0.value) }))
  }
}
