import ArgumentParser
import Representations
import Routing
import Wire

struct ContactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contact", abstract: "Show, reassign, retry and opt out contacts.",
    discussion: """
      A contact is one lead in one sequence, and is called SEQUENCE/LEAD.

        # where a contact stands, and all that happened to it
        usher contact show welcome/L1 --tenant acme
        # its next messages come from another device
        usher contact reassign welcome/L1 --tenant acme --to D2
        # nobody writes to this lead again
        usher contact opt-out L1 --tenant acme
      """,
    subcommands: [
      ContactShowCommand.self, ContactReassignCommand.self, ContactRetryCommand.self, ContactOptOutCommand.self,
    ])
}

/// A contact of a tenant.
struct ContactSubject: ParsableArguments {
  @Argument(help: "The contact's id, as SEQUENCE/LEAD.", completion: .contacts) var contact: String
  @Option(help: "The tenant's id.", completion: .tenants) var tenant: String

  var contactID: ContactID { ContactID(stored: contact) }
  var tenantID: TenantID { TenantID(stored: tenant) }
}

struct ContactShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Where a contact stands: its decisions, messages and devices.",
    discussion: """
      Decisions, messages and assignments are listed as they came. The numbers of decisions are those that
      `usher explain --decision` and `usher replay --decision` take.

        usher contact show welcome/L1 --tenant acme
        # for a program
        usher contact show welcome/L1 --tenant acme --format json
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: ContactSubject
  @OptionGroup var format: FormatOptions

  func run() throws {
    let contact = try store.openToRead().contact(subject.contactID, of: subject.tenantID)
    var history = Listing(["at", "what", "step", "device", "text", "decision"])
    var events: [(Instant, [JSONValue])] = []
    for decision in contact.decisions {
      let text =
        decision.reason + (decision.until.map { ", until \($0.rfc3339)" } ?? "")
        + (decision.narrowed.map { "; \($0.policy) had chosen \($0.device): \($0.reason)" } ?? "")
      events.append(
        (
          decision.at,
          [
            .string("decision: \(decision.outcome.rawValue)"), JSONValue(decision.step),
            JSONValue(decision.device?.text),
            .string(text), .integer(decision.number),
          ]
        ))
    }
    for message in contact.messages {
      events.append(
        (
          message.sentAt ?? message.createdAt,
          [
            .string("message: \(message.status.rawValue)"), JSONValue(message.step), .string(message.device.text),
            .string(message.error ?? message.content), .null,
          ]
        ))
    }
    for assignment in contact.assignments {
      events.append(
        (
          assignment.at,
          [
            .string("assigned"), .null, .string(assignment.device.text),
            .string("\(assignment.reason) (\(assignment.actor))"), .null,
          ]
        ))
    }
    for (_, event) in events.enumerated().sorted(by: { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }) {
      history.add([.string(event.0.rfc3339)] + event.1)
    }
    if format.format == .csv {
      Talk.put(history.text(.csv))
      return
    }
    let facts: [(String, JSONValue)] = [
      ("contact", .string(contact.id.text)), ("lead", .string(contact.lead)), ("name", JSONValue(contact.name)),
      ("phone", .string(contact.phone)), ("sequence", .string(contact.sequence)),
      ("step", JSONValue(contact.step)), ("steps", JSONValue(contact.steps)),
      ("status", .string(contact.status.rawValue)), ("reason", JSONValue(contact.reason)),
      ("assigned_device", JSONValue(contact.assignedDevice?.text)), ("due_at", .string(contact.dueAt.rfc3339)),
      ("next_at", JSONValue(contact.nextAt?.rfc3339)), ("enrolled_at", .string(contact.enrolledAt.rfc3339)),
      ("ended_at", JSONValue(contact.endedAt?.rfc3339)), ("opted_out_at", JSONValue(contact.optedOutAt?.rfc3339)),
    ]
    if format.format == .json {
      Talk.put(JSONWriter(style: .pretty).string(.object(JSONObject(facts + [("history", history.json)]))) + "\n")
      return
    }
    for (name, value) in facts where value != .null {
      Talk.put("\(name.replacing("_", with: " ")): \(terminalSafe(Listing.plain(value)))\n")
    }
    Talk.put("\n")
    Talk.put(history, .table)
  }
}

struct ContactReassignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reassign", abstract: "Give a contact another device, from now on.",
    discussion: """
      A message of it that still waits for its device goes to the new one too.

        usher contact reassign welcome/L1 --tenant acme --to D2 --reason 'asked for VIP service'
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: ContactSubject
  @Option(help: ArgumentHelp("The new device's id.", valueName: "device"), completion: .devices) var to: String
  @OptionGroup var who: OperatorOptions

  func run() throws {
    try store.openToWrite(as: who.actor).reassignContact(
      subject.contactID, of: subject.tenantID, to: DeviceID(stored: to), reason: who.reason, actor: who.actor,
      at: SystemClock().now())
    Talk.say("\(subject.contact) belongs to \(to)")
  }
}

struct ContactRetryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Send a failed or unknown message again.",
    discussion: """
      An unknown message may have arrived: sending it again can deliver it twice.

        # L3's message failed: its number was wrong and has been mended
        usher contact retry welcome/L3 --tenant acme
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: ContactSubject
  @OptionGroup var who: OperatorOptions

  func run() throws {
    try store.openToWrite(as: who.actor).retryContact(
      subject.contactID, of: subject.tenantID, reason: who.reason, actor: who.actor, at: SystemClock().now())
    Talk.say("\(subject.contact): its message is queued again")
  }
}

struct ContactOptOutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "opt-out", abstract: "Never write to a lead again.",
    discussion: """
      Takes a contact's id, a lead's id, or a phone number. What waits for the lead is cancelled.

        usher contact opt-out +6011100000002 --tenant acme
      """)
  @OptionGroup var store: StoreOptions
  @Argument(help: "A contact, a lead, or a phone number.", completion: .contacts) var who: String
  @Option(help: "The tenant's id.", completion: .tenants) var tenant: String
  @OptionGroup var operatorOptions: OperatorOptions

  func run() throws {
    let result = try store.openToWrite(as: operatorOptions.actor).optOut(
      who, of: TenantID(stored: tenant), reason: operatorOptions.reason, actor: operatorOptions.actor,
      at: SystemClock().now())
    Talk.say(
      "\(result.lead) \(result.wasOptedOut ? "had opted out already" : "opted out"); cancelled "
        + "\(result.cancelledMessages) messages and \(result.cancelledContacts) contacts")
  }
}
