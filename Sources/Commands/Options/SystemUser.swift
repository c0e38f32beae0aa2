import Foundation
import Operations

/// The user who runs this process, as the system knows it. The variable USER, which anybody can set, has no part in it.
struct SystemUser {
  /// What `/proc/self/loginuid` holds for a process that nobody's login began.
  private static let noLogin: UInt32 = .max

  let id: uid_t
  /// The user who logged in and became another one since; the kernel keeps it. Nil where it is not known.
  let login: uid_t?
  let environment: [String: String]
  /// The system's list of users.
  let name: (uid_t) -> String?

  /// This process.
  static var current: SystemUser {
    SystemUser(
      id: getuid(),
      login: (try? String(contentsOfFile: "/proc/self/loginuid", encoding: .utf8)).flatMap {
        uid_t($0.trimmingCharacters(in: .whitespacesAndNewlines))
      },
      environment: ProcessInfo.processInfo.environment,
      name: { id in getpwuid(id).map { String(cString: $0.pointee.pw_name) } })
  }

  /// `maria`, `root (sudo by maria)`, `usher (login by maria)`.
  var text: String {
    let own = name(id) ?? "uid \(id)"
    return origin.map { "\(own) (\($0))" } ?? own
  }

  /// `sudo` and `doas` pass the caller's name to root. Other users could set these variables themselves.
  private var origin: String? {
    if id == 0 {
      for (program, variable) in [("sudo", "SUDO_USER"), ("doas", "DOAS_USER")] {
        if let before = environment[variable], OperatorName.trouble(with: before) == nil {
          return "\(program) by \(before)"
        }
      }
    }
    guard let login, login != id, login != SystemUser.noLogin else { return nil }
    return "login by \(name(login) ?? "uid \(login)")"
  }
}
