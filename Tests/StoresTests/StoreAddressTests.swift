import Foundation
import Routing
import Testing

@testable import Stores

struct StoreAddressTests {
  @Test(arguments: [
    ("usher.db", "usher.db"), ("/var/lib/usher.db", "/var/lib/usher.db"), ("noon 12:00.db", "noon 12:00.db"),
    ("a:b", "a:b"), ("postgres:x", "postgres:x"), ("sqlite:usher.db", "usher.db"),
    ("sqlite:/var/lib/usher.db", "/var/lib/usher.db"),
    ("sqlite:///var/lib/usher.db", "/var/lib/usher.db"), ("SQLite:usher.db", "usher.db"), ("file:usher.db", "usher.db"),
    ("file:///var/my%20store.db", "/var/my store.db"), ("sqlite:my%20store.db", "my%20store.db"),
  ])
  func `an address is a path, sqlite:PATH or file:PATH`(address: String, path: String) throws {
    #expect(try Stores.path(of: address) == path)
  }

  @Test(arguments: ["sqlite:sqlite:x", "file:file:x", "sqlite:postgres://x", "file:a%3A//b", "usher.db", "sqlite:/a:b"])
  func `the path of an address is an address of the same store`(address: String) throws {
    let path = try Stores.path(of: address)
    #expect(try Stores.path(of: path) == path)
  }

  @Test(arguments: ["postgres://x", "postgresql://ann:secret@db/usher", "mysql://ann:secret@db/usher", "http://secret"])
  func `another scheme is rejected, and a possible password is not repeated`(address: String) {
    let error = #expect(throws: StoreError.self) { try Stores.path(of: address) }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("expected the path of an SQLite store") && text.contains("name the path of a file"))
    #expect(!text.contains("secret"))
  }

  @Test(arguments: ["sqlite:", "file:", "sqlite://host/x", "file://host/x", "file:a?mode=ro", "file:a#b", "file:a%"])
  func `an address without a path is rejected`(address: String) {
    #expect(throws: StoreError.self) { try Stores.path(of: address) }
  }

  @Test func `a store that was created is opened by any of its addresses`() throws {
    let path = NSTemporaryDirectory() + "usher-\(UUID().uuidString).db"
    defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
    _ = try Stores.create("sqlite:" + path)
    for address in [path, "sqlite:" + path, "file://" + path] {
      #expect(try Stores.open(address, mode: .readOnly).path == path)
    }
  }
}
