import LuaSandbox
import Routing

/// What policies may say and see: the one table that the sandbox registers, the linter knows and the documentation is
/// tested against.
package enum PolicyVocabulary {
  /// A function that a policy may define; only `select` is required.
  package enum Hook: Int, CaseIterable, Sendable {
    case select, enroll, stalled, failed

    /// The key in the policy's table.
    package var name: String {
      switch self {
      case .select: "select"
      case .enroll: "enroll"
      case .stalled: "stalled"
      case .failed: "failed"
      }
    }
  }

  /// What a policy may declare of itself with `NAME = true` in its table.
  package enum Flag: Int, CaseIterable, Sendable {
    /// It may name a device that cannot accept more, where the message then waits.
    case queuesOffline

    /// The key in the policy's table, in snake case.
    package var name: String {
      switch self {
      case .queuesOffline: "queues_offline"
      }
    }
  }

  /// In the order of the vocabulary's verdicts.
  enum Form: Int, CaseIterable {
    case use, move, wait, skip

    var outcome: Outcome {
      switch self {
      case .use: .use
      case .move: .move
      case .wait: .wait
      case .skip: .skip
      }
    }
  }

  // What the rows hold is in `DeviceFields`, `ContactFields` and `LeadFields`.
  /// What `fleet` queries return, and `contact.device`.
  package static let device = RowSchema(noun: "device", DeviceFields.all)
  /// The first argument of `select` and of a guard's hook.
  package static let contact = RowSchema(noun: "contact", ContactFields.all)
  /// The first argument of `enroll`.
  package static let lead = RowSchema(noun: "lead", LeadFields.all)

  /// What a guard is shown of what the policies chose.
  package static let choice = RowSchema(
    noun: "choice",
    fields: [.init("outcome", .text), .init("device", .member), .init("reason", .text), .init("policy", .text)])

  /// What a filter of a query may ask for: a tag, a platform, every device but one.
  package static let filterKeys = ["tag", "platform", "except"]

  private static let queries: [(name: String, query: ScriptVocabulary.Query)] = [
    ("get", .get), ("least_loaded", .least), ("first_available", .first), ("available", .eligible),
    ("candidates", .candidates), ("hash", .hash),
  ]

  /// What a policy may define, call and return; registered in each of its sandboxes.
  package static let script = ScriptVocabulary(
    setNoun: "fleet", scriptNoun: "policy",
    hooks: Hook.allCases.map { .init($0.name, isRequired: $0 == .select) }, flags: Flag.allCases.map(\.name),
    verdicts: [
      .init("use", takesMember: true), .init("move", takesMember: true), .init("wait", takesSeconds: true),
      .init("skip"),
    ],
    queries: queries,
    filter: .init(tag: filterKeys[0], group: filterKeys[1], except: filterKeys[2]),
    longestSeconds: Admission.longestWaitSeconds,
    schemas: [device, contact, lead])

  /// A guard sees what policies see, and can say one thing.
  package static let guardScript = ScriptVocabulary(
    setNoun: "fleet", scriptNoun: "guard", conditions: GuardThreshold.key,
    hooks: [.init(guardHook, isRequired: true)], verdicts: [.init("wait", takesSeconds: true)], queries: queries,
    filter: .init(tag: filterKeys[0], group: filterKeys[1], except: filterKeys[2]),
    longestSeconds: Admission.longestWaitSeconds, schemas: [device, contact, choice])

  /// The only hook of a guard, and required; its presence makes a file a guard.
  package static let guardHook = "guard"

  /// Guards have fewer verdicts than policies, and one hook.
  package static func script(of kind: PolicyKind) -> ScriptVocabulary { kind == .guard ? guardScript : script }

  /// Every name that a policy may use as a global.
  package static let globals = globals(of: .policy)

  /// The verdicts that the kind may return, then the names that all scripts share.
  package static func globals(of kind: PolicyKind) -> [String] {
    script(of: kind).verdicts.map(\.name) + ScriptVocabulary.globalNames
  }
}
