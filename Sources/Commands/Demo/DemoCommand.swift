import ArgumentParser

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Show the main features in ten seconds, on a temporary store.",
    discussion: """
      Runs hours of cycles over a sample fleet. A device fails, a policy change is tried and then made, and reports show the
      result. The temporary store is deleted at the end.

        usher demo
      """)

  func run() async throws {
    try await Demo().run()
  }
}
