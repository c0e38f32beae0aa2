import ArgumentParser

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "The main job in ten seconds, on a store of its own.")

  func run() async throws {
    try await Demo().run()
  }
}
