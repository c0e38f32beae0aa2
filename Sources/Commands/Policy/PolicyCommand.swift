import ArgumentParser

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "What decides for each tenant and since when; other policies for all or a share.",
    discussion: """
      A policy's file decides from the next cycle on after it passed its check and its cases; its revision is what it consists of.

        # what decides now, and which files were refused, and why
        usher policy list
        # what decided when
        usher policy history --tenant acme
      """,
    subcommands: [
      PolicyListCommand.self, PolicyHistoryCommand.self, PolicyShowCommand.self, PolicyDiffCommand.self,
      PolicyActivateCommand.self, PolicyCanaryCommand.self, PolicyPromoteCommand.self, PolicyRollbackCommand.self,
      PolicyShadowCommand.self, PolicyGuardsCommand.self,
    ])
}
