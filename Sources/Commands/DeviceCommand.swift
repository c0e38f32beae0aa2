import ArgumentParser
import Persistence
import Routing

struct DeviceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device", abstract: "List, pause, resume and retire devices.",
    subcommands: [
      DeviceListCommand.self, DevicePauseCommand.self, DeviceResumeCommand.self, DeviceStatusCommand.self,
      DeviceRetireCommand.self,
    ])
}

/// A device of a tenant, and what the audit keeps of a command.
struct DeviceSubject: ParsableArguments {
  @Argument(help: "The device's id.") var device: String
  @Option(help: "The tenant's id.") var tenant: String
  @Option(help: "Why; kept with the command.") var reason = "by an operator"

  var deviceID: DeviceID { DeviceID(stored: device) }
  var tenantID: TenantID { TenantID(stored: tenant) }
}

struct DeviceListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Every device: can it accept more, and if not, why.")
  @OptionGroup var store: StoreOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    Talk.put(try DeviceListing.text(try store.openToRead(), at: SystemClock().now(), format.format))
  }
}

struct DevicePauseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Let a device send nothing and accept nothing new for a while.",
    discussion: "usher device pause D1 --tenant acme --minutes 30 --reason 'number under review'")
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: DeviceSubject
  @Option(help: "How long.") var minutes: Int

  func validate() throws {
    guard (1...527_040).contains(minutes) else {
      throw ValidationError("--minutes: expected 1 to 527040 (a year), found \(minutes)")
    }
  }

  func run() throws {
    let now = SystemClock().now()
    let until = now.advanced(bySeconds: Int64(minutes) * 60)
    try store.openToWrite().pauseDevice(
      subject.deviceID, of: subject.tenantID, until: until, reason: subject.reason, actor: operatorName(), at: now)
    Talk.say("\(subject.device) pauses until \(until.rfc3339)")
  }
}

struct DeviceResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "resume", abstract: "End a device's pause.")
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: DeviceSubject

  func run() throws {
    try store.openToWrite().resumeDevice(
      subject.deviceID, of: subject.tenantID, actor: operatorName(), at: SystemClock().now())
    Talk.say("\(subject.device) is not paused any more")
  }
}

struct DeviceStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say that a device is online, offline, auth_failed or unknown.")
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: DeviceSubject
  @Option(help: "The new status.") var to: Status

  enum Status: String, ExpressibleByArgument, CaseIterable {
    case online, offline
    case authFailed = "auth_failed"
    case unknown
  }

  func run() throws {
    try store.openToWrite().setDeviceStatus(
      subject.deviceID, of: subject.tenantID, to: DeviceStatus(rawValue: to.rawValue)!, reason: subject.reason,
      actor: operatorName(), at: SystemClock().now())
    Talk.say("\(subject.device) is \(to.rawValue)")
  }
}

struct DeviceRetireCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retire", abstract: "Take a device out of service for good; its history stays.")
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: DeviceSubject
  @Option(name: .customLong("reassign-to"), help: "The device that takes over its open contacts.")
  var reassignTo: String?

  func run() throws {
    try store.openToWrite().retireDevice(
      subject.deviceID, of: subject.tenantID, reassignTo: reassignTo.map(DeviceID.init(stored:)),
      reason: subject.reason, actor: operatorName(), at: SystemClock().now())
    Talk.say("\(subject.device) is retired")
  }
}
