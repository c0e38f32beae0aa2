import Policies
import Routing
import Terminal
import Wire

/// A contact's state: its facts, and its decisions, messages and assignments in order of time.
package struct ContactReport: Representation {
  private let contact: ContactDetails

  /// Shows all decisions that `contact` has.
  package init(_ contact: ContactDetails) { self.contact = contact }

  /// The facts, with the events as `history`.
  package var json: JSONValue { .object(JSONObject(facts + [("history", history.json)])) }

  /// Only the events.
  package var csv: String { history.csv }

  /// A line for each known fact, and the events as a table. A queued message's priority is shown if it differs from its
  /// step's.
  package func table(columns: Int?) -> StyledText {
    // The message has its step's priority, unless an operator or a change of the step made them differ.
    let hidden: Set<String> = contact.queuedPriority == contact.priority ? ["code", "message_priority"] : ["code"]
    let shown = facts.map { name, value in
      (name, name == "waitlist" ? JSONValue(contact.waitlist?.text()) : value)
    }
    let lines = shown.filter { $0.1 != .null && !hidden.contains($0.0) }.map { name, value in
      "\(name.replacing("_", with: " ")): \(terminalSafe(Listing.plain(value)))\n"
    }
    return StyledText(lines.joined() + "\n").wrapped(to: columns) + history.without(["code"]).table(columns: columns)
  }

  private var facts: [(String, JSONValue)] {
    [
      ("contact", .string(contact.id.text)), ("lead", .string(contact.lead)), ("name", JSONValue(contact.name)),
      ("phone", .string(contact.phone)), ("sequence", .string(contact.sequence)),
      ("step", JSONValue(contact.step)), ("steps", JSONValue(contact.steps)),
      ("priority", .string(contact.priority.name)),
      ("message_priority", JSONValue(contact.queuedPriority?.name)),
      ("status", .string(contact.status.rawValue)), ("reason", JSONValue(contact.reason)),
      ("code", contact.code.json),
      ("assigned_device", JSONValue(contact.assignedDevice?.text)), ("due_at", .string(contact.dueAt.rfc3339)),
      ("next_at", JSONValue(contact.nextAt?.rfc3339)), ("enrolled_at", .string(contact.enrolledAt.rfc3339)),
      ("ended_at", JSONValue(contact.endedAt?.rfc3339)), ("opted_out_at", JSONValue(contact.optedOutAt?.rfc3339)),
      ("waitlist", contact.waitlist.json),
    ]
  }

  /// Sorted by time; at the same time decisions, then messages, then assignments.
  private var history: Listing {
    var history = Listing(["at", "what", "step", "device", "text", "code", "decision"])
    let events = decisions + messages + assignments
    for (_, event) in events.enumerated().sorted(by: { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }) {
      history.add([.string(event.at.rfc3339)] + event.cells)
    }
    return history
  }

  private typealias Event = (at: Instant, cells: [JSONValue])

  private var decisions: [Event] {
    contact.decisions.map { decision in
      let text =
        decision.reason + (decision.waitlist.map { ", on the waitlist of \($0.text())" } ?? "")
        + (decision.until.map { ", until \($0.rfc3339)" } ?? "") + (decision.waitlist == nil ? "" : " at the latest")
        + (decision.narrowed.map { "; \($0.policy) had chosen \($0.device): \($0.reason)" } ?? "")
      return (
        decision.at,
        [
          .string("decision: \(decision.outcome.rawValue)"), JSONValue(decision.step),
          JSONValue(decision.device?.text), .string(text), decision.code.json, .integer(decision.number),
        ]
      )
    }
  }

  private var messages: [Event] {
    contact.messages.map { message in
      (
        message.sentAt ?? message.createdAt,
        [
          .string("message: \(message.status.rawValue)"), JSONValue(message.step), .string(message.device.text),
          .string(message.error ?? message.content), .null, .null,
        ]
      )
    }
  }

  private var assignments: [Event] {
    contact.assignments.map { assignment in
      (
        assignment.at,
        [
          .string("assigned"), .null, .string(assignment.device.text),
          .string("\(assignment.reason) (\(assignment.actor))"), .null, .null,
        ]
      )
    }
  }
}
