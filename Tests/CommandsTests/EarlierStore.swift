import Foundation
import RoutingTestKit

/// A store that an earlier version wrote (schema 3), copied into its own folder.
struct EarlierStore {
  let folder = TestFolder()
  var store: TestStore { TestStore(existing: "usher.db", in: folder) }

  /// The original store: schema 3, with recorded decisions.
  static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../ReplayTests/Fixtures/recorded-v3.db").standardized.path

  init() throws {
    try FileManager.default.copyItem(atPath: Self.fixture, toPath: folder.file("usher.db"))
  }

  /// The names of the copies that upgrades made first, sorted.
  var copies: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains(".before-") }.sorted()
    }
  }
}
