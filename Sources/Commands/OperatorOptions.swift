import ArgumentParser
import Foundation
import Routing

/// Who gives a command, and why: for the record.
struct OperatorOptions: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("Who gives the command, for the record; without it the user of this process.", valueName: "who"))
  var name: String?
  @Option(help: ArgumentHelp("Why, for the record.", valueName: "text")) var reason: String?

  func validate() throws {
    if let name, name.allSatisfy(\.isWhitespace) { throw ValidationError("--as: expected a name, found none") }
  }

  /// For commands that must say why.
  func requiredReason() throws -> String {
    guard let reason, !reason.allSatisfy(\.isWhitespace) else {
      throw ValidationError("--reason: expected why, for the record, found none")
    }
    return reason.asReason
  }

  var actor: String { name ?? OperatorOptions.user }

  /// The user by the system's own list, not by what the environment says; who used `sudo` is noted.
  static var user: String {
    let id = getuid()
    let own = getpwuid(id).map { String(cString: $0.pointee.pw_name) } ?? "uid \(id)"
    guard id == 0, let before = ProcessInfo.processInfo.environment["SUDO_USER"], !before.isEmpty else { return own }
    return "\(own) (sudo by \(before))"
  }
}
