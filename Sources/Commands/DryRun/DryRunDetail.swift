import DryRun
import Policies
import Representations
import Routing
import Wire

/// One contact of a dry run with both of its decisions in full.
struct DryRunDetail {
  let detail: DryRunReport.Detail

  static func text(_ details: [DryRunReport.Detail], _ format: ListingFormat, columns: Int? = nil) -> String {
    switch format {
    case .json:
      JSONWriter(style: .pretty).string(
        details.count == 1
          ? DryRunDetail(detail: details[0]).json : .array(details.map { DryRunDetail(detail: $0).json }))
        + "\n"
    case .table, .csv:
      details.map { DryRunDetail(detail: $0).listing.text(format, columns: columns) }.joined(separator: "\n")
    }
  }

  /// A decision has the keys of `usher decide`, other than what became of each device.
  private var json: JSONValue {
    .object(
      JSONObject(
        facts + [
          ("before", answer(detail.before, detail.beforeDevice)), ("after", answer(detail.after, detail.afterDevice)),
        ]))
  }

  private var listing: Listing {
    var listing = Listing(["what", "before", "after"])
    for (name, value) in facts { listing.add([.string(name.replacing("_", with: " ")), value, value]) }
    let (before, after) = (answer(detail.before, detail.beforeDevice), answer(detail.after, detail.afterDevice))
    guard case .object(let one) = before, case .object(let two) = after else { return listing }
    for member in one.members { listing.add([.string(member.key), member.value, two[member.key] ?? .null]) }
    return listing
  }

  private var facts: [(String, JSONValue)] {
    let contact = detail.contact
    return [
      ("tenant", .string(detail.tenant.text)), ("contact", .string(contact.id.text)), ("step", JSONValue(contact.step)),
      ("due_at", JSONValue(contact.dueAt?.rfc3339)), ("attempts", JSONValue(contact.attempts)),
      ("assigned_device", JSONValue(contact.assignedDevice?.text)),
    ]
  }

  private func answer(_ decision: Decision, _ device: DeviceID?) -> JSONValue {
    guard case .object(let object) = DecideAnswer(decision, device: device).json else { return .null }
    return .object(JSONObject(object.members.filter { $0.key != "considered" }.map { ($0.key, $0.value) }))
  }
}
