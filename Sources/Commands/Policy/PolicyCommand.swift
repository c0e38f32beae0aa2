import ArgumentParser

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "List, activate, compare and roll back policies.",
    discussion: """
      A policy file becomes live with the next cycle after it passes its check and its cases. A revision is the source of a
      policy with its parameters.

        # live policies, and refused files with the reason
        usher policy list
        # earlier policies
        usher policy history --tenant acme
      """,
    subcommands: [
      PolicyListCommand.self, PolicyHistoryCommand.self, PolicyShowCommand.self, PolicyDiffCommand.self,
      PolicyActivateCommand.self, PolicyCanaryCommand.self, PolicyPromoteCommand.self, PolicyRollbackCommand.self,
      PolicyShadowCommand.self, PolicyGuardsCommand.self,
    ])
}
