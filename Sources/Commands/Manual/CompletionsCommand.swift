import ArgumentParser

struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print what makes a shell complete usher's commands, options and values.",
    discussion: """
      Values complete too: policies by their names and files, tenants, devices and contacts out of the store that the line
      names, or of usher.db. The store is read only, and nothing is said where there is none.

        # bash: for this shell; the line can go into ~/.bashrc
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
