import ArgumentParser

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "What decides for each tenant and since when; other policies for all or a share.",
    subcommands: [
      PolicyListCommand.self, PolicyHistoryCommand.self, PolicyShowCommand.self, PolicyDiffCommand.self,
      PolicyActivateCommand.self, PolicyPromoteCommand.self, PolicyRollbackCommand.self, PolicyShadowCommand.self,
    ])
}
