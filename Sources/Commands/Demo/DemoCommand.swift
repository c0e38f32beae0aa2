import ArgumentParser

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "The main job in ten seconds, on a store of its own.",
    discussion: """
      Hours of cycles of a sample fleet, a device that fails, a policy that is changed in the middle and tried before, the reports.
      Nothing is left behind.

        usher demo
      """)

  func run() async throws {
    try await Demo().run()
  }
}
