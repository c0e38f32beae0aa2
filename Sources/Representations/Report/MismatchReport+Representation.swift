import Policies
import Routing
import Terminal
import Wire

/// The report on mismatches: counts by part, then the messages that are not on the assigned device.
extension MismatchReport: Representation {
  /// An object: `since` with the beginning of the window, `parts` with the counts and their total, `messages` with the lines.
  package var json: JSONValue {
    let parts = Part.allCases.map { ($0.rawValue, JSONValue(counts[$0] ?? 0)) } + [("total", JSONValue(total))]
    return .object(
      JSONObject([
        ("since", JSONValue(since?.rfc3339)), ("parts", .object(JSONObject(parts))), ("messages", messages.json),
      ]))
  }

  /// Only the messages.
  package var csv: String { messages.csv }

  /// The window, the counts, and below them the messages, if there are any.
  package func table(columns: Int?) -> StyledText {
    let heading = StyledText(windowText.map { $0 + "\n\n" } ?? "").wrapped(to: columns)
    let parts = heading + parts.table(columns: columns)
    return lines.isEmpty ? parts : parts + "\n" + messages.without(["code"]).table(columns: columns)
  }

  /// Names the window and how to choose another, in one line; nil for all messages. The CSV does not contain it.
  package var windowText: String? {
    guard let since, let window else { return nil }
    let why =
      switch window {
      case .given: ""
      case .hours(let hours): " (\(hours) h to the last message); --since for more"
      case .messages(let count): " (the last \(count) messages); --since for more"
      }
    return "since \(since.rfc3339)\(why)"
  }

  /// The number of messages in each part, and in total.
  package var parts: Listing {
    var listing = Listing(["part", "messages"])
    for part in Part.allCases { listing.add([.string(part.rawValue), JSONValue(counts[part] ?? 0)]) }
    listing.add([.string("total"), JSONValue(total)])
    return listing
  }

  private var messages: Listing {
    var listing = Listing([
      "part", "tenant", "contact", "step", "status", "device", "assigned_device", "reason", "code", "policy",
      "created_at",
    ])
    for line in lines {
      listing.add([
        .string(line.part.rawValue), .string(line.tenant.text), .string(line.contact.text), JSONValue(line.step),
        .string(line.status.rawValue), .string(line.device.text), JSONValue(line.assignedDevice?.text),
        .string(line.reason), line.code.json, JSONValue(line.policy), .string(line.createdAt.rfc3339),
      ])
    }
    return listing
  }
}
