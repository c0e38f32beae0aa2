import ArgumentParser

struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print a completion script for bash, zsh or fish.",
    discussion: """
      Completes commands, options and values: policies by name and file; tenants, devices and contacts from the store
      given with --store, by default usher.db. Completion only reads the store; without a store it offers none of its
      values.

        # bash: for this shell; add the line to ~/.bashrc to keep it
        eval "$(usher completions bash)"
        # zsh: in a folder of $fpath
        usher completions zsh > _usher
        # fish: in ~/.config/fish/completions
        usher completions fish > usher.fish
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

  @Argument(help: "The shell: bash, zsh or fish.") var shell: Shell

  func run() {
    let script =
      switch shell {
      case .bash: UsherProgram.completionScript(for: .bash)
      case .zsh: UsherProgram.completionScript(for: .zsh)
      case .fish: UsherProgram.completionScript(for: .fish)
      }
    TerminalOutput.write(script + "\n")
  }
}
