import ArgumentParser
import Operations
import Representations
import Routing

struct ContactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contact", abstract: "Show and change contacts.",
    discussion: """
      A contact is one lead in one sequence. Its id is SEQUENCE/LEAD.

        # a contact's state and history
        usher contact show welcome/L1 --tenant acme
        # send its next messages from another device
        usher contact reassign welcome/L1 --tenant acme --to D2
        # send its queued message before the others of its device
        usher contact prioritise welcome/L2 --tenant acme --priority urgent
        # never write to this lead again
        usher contact opt-out L1 --tenant acme
      """,
    subcommands: [
      ContactShowCommand.self, ContactReassignCommand.self, ContactPrioritiseCommand.self, ContactRetryCommand.self,
      ContactWakeCommand.self,
      ContactOptOutCommand.self,
    ])
}

/// A contact of a tenant.
struct ContactSubject: ParsableArguments {
  @Argument(help: "The contact's id, as SEQUENCE/LEAD.", completion: .contacts) var contact: String
  @Option(help: "The tenant's id.", completion: .tenants) var tenant: String

  var reference: ContactReference { ContactReference(ContactID(stored: contact), of: TenantID(stored: tenant)) }
}

struct ContactShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a contact's state, decisions, messages and devices.",
    discussion: """
      Lists decisions, messages and assignments in chronological order. `usher explain --decision` and `usher replay
      --decision` take the decision numbers shown here.

        usher contact show welcome/L1 --tenant acme
        # for a program
        usher contact show welcome/L1 --tenant acme --format json
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: ContactSubject
  @OptionGroup var format: FormatOptions

  func run() throws {
    let contact = try ContactQuery(subject.reference).run(on: store.openToRead())
    TerminalOutput.write(ContactReport(contact), format.format)
  }
}

struct ContactReassignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reassign", abstract: "Assign a contact to another device.",
    discussion: """
      A message that is still queued moves to the new device.

        usher contact reassign welcome/L1 --tenant acme --to D2 --reason 'asked for VIP service'
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: ContactSubject
  @Option(help: ArgumentHelp("The new device's id.", valueName: "device"), completion: .devices) var to: String
  @OptionGroup var who: OperatorOptions

  func run() throws {
    let store = try store.openToWrite(as: who.actor)
    try ReassignContact(subject.reference, to: DeviceID(stored: to)).run(on: store, by: who.note())
    TerminalOutput.note("\(subject.contact) is assigned to \(to)")
  }
}

struct ContactRetryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Send a failed or unknown message again.",
    discussion: """
      A message in state unknown may have arrived: sending it again can deliver it twice.

        # L3's message failed because of a wrong number, which has been corrected
        usher contact retry welcome/L3 --tenant acme
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: ContactSubject
  @OptionGroup var who: OperatorOptions

  func run() throws {
    let store = try store.openToWrite(as: who.actor)
    try RetryContact(subject.reference).run(on: store, by: who.note())
    TerminalOutput.note("\(subject.contact): message queued again")
  }
}

struct ContactOptOutCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "opt-out", abstract: "Never write to a lead again.",
    discussion: """
      Takes a contact's id, a lead's id or a phone number. Cancels the lead's unsent messages and open contacts.

        usher contact opt-out +6011100000002 --tenant acme
      """)
  @OptionGroup var store: StoreOptions
  @Argument(help: "A contact's id, a lead's id or a phone number.", completion: .contacts) var who: String
  @Option(help: "The tenant's id.", completion: .tenants) var tenant: String
  @OptionGroup var operatorOptions: OperatorOptions

  func run() throws {
    let store = try store.openToWrite(as: operatorOptions.actor)
    let result = try OptOutLead(who, of: TenantID(stored: tenant)).run(on: store, by: operatorOptions.note())
    let counted = { (count: Int, noun: String) in "\(count) \(noun)\(count == 1 ? "" : "s")" }
    TerminalOutput.note(
      "\(result.lead) \(result.wasOptedOut ? "had already opted out" : "opted out"); cancelled "
        + "\(counted(result.cancelledMessages, "message")) and \(counted(result.cancelledContacts, "contact"))")
  }
}
