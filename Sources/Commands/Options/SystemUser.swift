import Foundation
import Operations

/// The user who runs this process, as the system knows it. The variable USER is ignored, since anybody can set it.
struct SystemUser {
  /// The content of `/proc/self/loginuid` for a process outside any login session.
  private static let noLogin: UInt32 = .max

  let id: uid_t
  /// The user who logged in, which the kernel keeps across a change of user. Nil if unknown.
  let login: uid_t?
  let environment: [String: String]
  /// The name that the system's user database has for an id.
  let name: (uid_t) -> String?

  /// The user of this process.
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

  /// The caller that `sudo` and `doas` report to root. Not trusted for other users, who could set these variables themselves.
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
