import ArgumentParser
import Operations
import Representations
import Routing

struct DeviceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device", abstract: "List, pause, resume and retire devices.",
    discussion: """
      A device's history records each change, who made it and why: `usher audit --subject 'device D1'`. A running `usher
      serve` applies a change with its next batch.

        # which devices can accept more messages, and why others cannot
        usher device list
        # send nothing for half an hour
        usher device pause D1 --tenant acme --minutes 30 --reason 'number under review'
        usher device resume D1 --tenant acme
        # out of service permanently; D2 takes over
        usher device retire D3 --tenant acme --reassign-to D2 --reason 'the number was returned'
      """,
    subcommands: [
      DeviceListCommand.self, DevicePauseCommand.self, DeviceResumeCommand.self, DeviceStatusCommand.self,
      DeviceRetireCommand.self,
    ])
}

/// A device of a tenant, and who changes it.
struct DeviceSubject: ParsableArguments {
  @Argument(help: "The device's id.", completion: .devices) var device: String
  @Option(help: "The tenant's id.", completion: .tenants) var tenant: String
  @OptionGroup var who: OperatorOptions

  var reference: DeviceReference { DeviceReference(DeviceID(stored: device), of: TenantID(stored: tenant)) }
}

struct DeviceListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List every device: whether it can accept more, and if not, why.",
    discussion: """
      The same as `usher report devices`. `usher top` shows it live.

        usher device list
        usher device list --format csv
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let store = try store.openToRead()
    TerminalOutput.write(DevicesReport(try DevicesQuery().run(store, at: SystemClock().now())), format.format)
    try HoldNotice.say(store, unlessTable: format.format)
  }
}

struct DevicePauseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Stop a device from sending and accepting messages for some minutes.",
    discussion: """
      Messages queued on it wait, and policies see that it cannot accept more. The pause ends automatically.

        usher device pause D1 --tenant acme --minutes 30 --reason 'number under review'
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: DeviceSubject
  @Option(help: "The length of the pause in minutes.") var minutes: Int

  func validate() throws {
    guard (1...527_040).contains(minutes) else {
      throw ValidationError("--minutes: expected 1 to 527040 (a year), found \(minutes)")
    }
  }

  func run() throws {
    let store = try store.openToWrite(as: subject.who.actor)
    let until = try PauseDevice(subject.reference, minutes: minutes).run(on: store, by: subject.who.note())
    TerminalOutput.note("\(subject.device) is paused until \(until.rfc3339)")
  }
}

struct DeviceResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "End a device's pause.",
    discussion: """
      The device sends its queued messages and can accept new ones.

        # pause, and resume early
        usher device pause D1 --tenant acme --minutes 30 && usher device resume D1 --tenant acme
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: DeviceSubject

  func run() throws {
    let store = try store.openToWrite(as: subject.who.actor)
    try ResumeDevice(subject.reference).run(on: store, by: subject.who.note())
    TerminalOutput.note("\(subject.device) resumed")
  }
}

struct DeviceStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Record that a device is online, offline, auth_failed or unknown.",
    discussion: """
      For programs that monitor connections. Only an online device sends.

        usher device status D1 --tenant acme --to offline --reason 'the phone was lost'
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: DeviceSubject
  @Option(help: ArgumentHelp("The new status.", valueName: "status")) var to: Status

  enum Status: String, ExpressibleByArgument, CaseIterable {
    case online, offline
    case authFailed = "auth_failed"
    case unknown
  }

  func run() throws {
    let store = try store.openToWrite(as: subject.who.actor)
    let status = DeviceStatus(rawValue: to.rawValue)!
    try SetDeviceStatus(subject.reference, to: status).run(on: store, by: subject.who.note())
    TerminalOutput.note("\(subject.device) is \(to.rawValue)")
  }
}

struct DeviceRetireCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire", abstract: "Take a device out of service permanently; its history stays.",
    discussion: """
      Its open contacts, leads and waiting messages go to the device that takes over. Without --reassign-to, the device
      must have none of these.

        usher device retire D3 --tenant acme --reassign-to D2 --reason 'the number was returned'
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: DeviceSubject
  @Option(
    name: .customLong("reassign-to"),
    help: ArgumentHelp("The device that takes over its open contacts.", valueName: "device"), completion: .devices)
  var reassignTo: String?

  func run() throws {
    let store = try store.openToWrite(as: subject.who.actor)
    _ = try subject.who.expectedReason(for: RetireDevice.action)
    try RetireDevice(subject.reference, successor: reassignTo.map(DeviceID.init(stored:))).run(
      on: store, by: subject.who.note())
    TerminalOutput.note("\(subject.device) is retired")
  }
}
