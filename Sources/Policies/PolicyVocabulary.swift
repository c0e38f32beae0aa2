import LuaSandbox
import Routing

/// What policies can call and read: one table, which the sandbox registers and the linter uses, and which tests compare
/// with the documentation.
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

  /// A property that a policy declares with `NAME = true` in its table.
  package enum Flag: Int, CaseIterable, Sendable {
    /// The policy may choose a device that cannot accept more; the message then waits in its queue.
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
    case use, move, wait, waitFor, skip

    var outcome: Outcome {
      switch self {
      case .use: .use
      case .move: .move
      case .wait, .waitFor: .wait
      case .skip: .skip
      }
    }
  }

  // The fields of the rows are in `DeviceFields`, `ContactFields` and `LeadFields`.
  /// What `fleet` queries and `contact.device` return.
  package static let device = RowSchema(noun: "device", DeviceFields.all)
  /// The first argument of `select` and of a guard's hook.
  package static let contact = RowSchema(noun: "contact", ContactFields.all)
  /// The first argument of `enroll`.
  package static let lead = RowSchema(noun: "lead", LeadFields.all)

  /// The policies' choice as a guard sees it.
  package static let choice = RowSchema(
    noun: "choice",
    fields: [.init("outcome", .text), .init("device", .member), .init("reason", .text), .init("policy", .text)])

  /// The conditions of a query's filter: with a tag, on a platform, all devices but one.
  package static let filterKeys = ["tag", "platform", "except"]

  private static let queries: [(name: String, query: ScriptVocabulary.Query)] = [
    ("get", .get), ("least_loaded", .least), ("first_available", .first), ("available", .eligible),
    ("candidates", .candidates), ("hash", .hash),
  ]

  /// What a policy can define, call and return; registered in each of its sandboxes.
  package static let script = ScriptVocabulary(
    setNoun: "fleet", scriptNoun: "policy",
    hooks: Hook.allCases.map { .init($0.name, isRequired: $0 == .select) }, flags: Flag.allCases.map(\.name),
    verdicts: [
      .init("use", takesMember: true), .init("move", takesMember: true), .init("wait", takesSeconds: true),
      .init("wait_for", takesTarget: true, takesSeconds: true), .init("skip"),
    ],
    queries: queries,
    filter: .init(tag: filterKeys[0], group: filterKeys[1], except: filterKeys[2]),
    longestSeconds: Admission.longestWaitSeconds,
    schemas: [device, contact, lead])

  /// A guard sees what policies see, and can only make a contact wait: in a guard, `wait_for` acts as `wait`.
  package static let guardScript = ScriptVocabulary(
    setNoun: "fleet", scriptNoun: "guard", conditions: GuardCondition.key,
    hooks: [.init(guardHook, isRequired: true)],
    verdicts: [.init("wait", takesSeconds: true), .init("wait_for", takesTarget: true, takesSeconds: true)],
    queries: queries,
    filter: .init(tag: filterKeys[0], group: filterKeys[1], except: filterKeys[2]),
    longestSeconds: Admission.longestWaitSeconds, schemas: [device, contact, choice])

  /// The only hook of a guard, which is required. A file with this hook is a guard.
  package static let guardHook = "guard"

  /// The vocabulary of a kind of file. Guards have fewer verdicts than policies, and one hook.
  package static func script(of kind: PolicyKind) -> ScriptVocabulary { kind == .guard ? guardScript : script }

  /// Every name that a policy can use as a global.
  package static let globals = globals(of: .policy)

  /// The verdicts that the kind can return, then the names that all scripts share.
  package static func globals(of kind: PolicyKind) -> [String] {
    script(of: kind).verdicts.map(\.name) + ScriptVocabulary.globalNames
  }
}
