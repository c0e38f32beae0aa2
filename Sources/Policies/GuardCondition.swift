import LuaSandbox
import Routing

/// The contact counts at which a guard starts to apply: the `when` of its file. A guard without `when` always applies.
///
/// Checked for each message about to be queued, so a guard whose counts are not reached costs only these comparisons.
struct GuardCondition: Equatable, Sendable {
  private var step = 0
  private var attempts = 0
  private var messagesDay = 0
  private var moves = 0

  /// The key in a guard's file.
  static let key = "when"
  private static let fields = ["attempts", "messages_day", "moves", "step"]

  /// Always met.
  init() {}

  /// `conditions` come from the file: counts, or names of numeric parameters. Throws a fault for an invalid condition.
  init(_ conditions: [(name: String, value: RowScalar)], parameters: [Parameter]) throws(Fault) {
    for (name, value) in conditions {
      guard GuardCondition.fields.contains(name) else {
        throw GuardCondition.refused(
          "unknown count '\(name)'; expected one of \(GuardCondition.fields.joined(separator: ", "))")
      }
      let least = try GuardCondition.count(value.scalar, of: name, parameters)
      switch name {
      case "step": step = least
      case "attempts": attempts = least
      case "moves": moves = least
      default: messagesDay = least
      }
    }
  }

  /// Whether the guard applies to the contact.
  @inline(__always)
  func isMet(by contact: Contact) -> Bool {
    contact.messagesDay >= messagesDay && contact.moves >= moves && contact.attempts >= attempts
      && contact.step >= step
  }

  private static func count(_ value: Scalar, of name: String, _ parameters: [Parameter]) throws(Fault) -> Int {
    var (value, place) = (value, name)
    if case .text(let parameter) = value {
      guard let found = parameters.first(where: { $0.name == parameter }) else {
        throw refused("\(name): there is no parameter '\(parameter)'")
      }
      (value, place) = (found.value, "params.\(parameter)")
    }
    switch value {
    case .integer(let count): return Int(count)
    // A threshold of 10.5 is reached at 11.
    case .number(let count) where count.magnitude < 1e15: return Int(count.rounded(.up))
    default: throw refused("\(place): expected a number, or the name of a parameter that is one")
    }
  }

  private static func refused(_ text: String) -> Fault { Fault(.syntax, "\(key): \(text)", code: .invalidCondition) }
}
