import ArgumentParser
import Operations
import Routing

struct ContactPrioritiseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prioritise", abstract: "Send a queued message before or after others.",
    discussion: """
      A device sends urgent messages first, then normal ones, then bulk ones, each oldest first. A message has its step's
      priority until this command changes it. The contact's later messages keep the priority of their steps.

        usher contact prioritise welcome/L2 --tenant acme --priority urgent --reason 'waits on the phone'
      """)
  @OptionGroup var store: StoreOptions
  @OptionGroup var subject: ContactSubject
  @Option(help: "The message's new priority: urgent, normal or bulk.") var priority: PriorityArgument
  @OptionGroup var who: OperatorOptions

  func run() throws {
    let store = try store.openToWrite(as: who.actor)
    try PrioritiseContact(subject.reference, as: priority.priority).run(on: store, by: who.note())
    TerminalOutput.note("\(subject.contact): its queued message is \(priority.rawValue)")
  }
}

/// A priority by its name.
enum PriorityArgument: String, ExpressibleByArgument, CaseIterable {
  case urgent, normal, bulk

  var priority: Priority {
    switch self {
    case .urgent: .urgent
    case .normal: .normal
    case .bulk: .bulk
    }
  }
}
