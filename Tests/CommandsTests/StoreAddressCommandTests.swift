import RoutingTestKit
import Testing

/// `--store` accepts addresses: all forms lead to the same store, and other kinds of stores are rejected.
struct StoreAddressCommandTests {
  private let folder: TestFolder
  init() throws { folder = TestFolder() }

  @Test(arguments: ["sqlite:usher.db", "file:usher.db"])
  func `commands accept a store's address, and use the files next to it`(address: String) throws {
    for arguments in [
      ["init", "--sample"], ["doctor"], ["tick"], ["health"], ["hold", "--reason", "outage"],
      ["release", "--reason", "over"], ["report", "devices"], ["top", "--once"],
    ] {
      let outcome = try UsherProcess.run(arguments + ["--store", address], in: folder.path)
      #expect(outcome.code == 0, "\(arguments): \(outcome)")
    }
    #expect(folder.exists("usher.db") && folder.exists("usher.db.lock") && folder.exists("usher.db.sent.jsonl"))
    #expect(!folder.exists(address) && !folder.exists(address + ".lock") && !folder.exists(address + ".sent.jsonl"))
  }

  @Test(arguments: [
    ["init"], ["tick"], ["hold", "--reason", "outage"], ["report", "devices"], ["health"], ["doctor"],
  ])
  func `a store of another kind is rejected, and its password is not shown`(arguments: [String]) throws {
    let address = "postgresql://ann:secret@db/usher"
    let outcome = try UsherProcess.run(arguments + ["--store", address], in: folder.path)
    #expect(outcome.code == 1, "\(outcome)")
    let said = outcome.text + outcome.stderr
    #expect(said.contains("expected the path of an SQLite store, sqlite:PATH or file:PATH"), "\(outcome)")
    #expect(!said.contains("secret"), "\(outcome)")
  }
}
