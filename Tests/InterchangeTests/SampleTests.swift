import Foundation
import Routing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct SampleTests {
  static func sample() throws -> [UInt8] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return Array(try Data(contentsOf: root.appending(path: "Examples/sample/acme-and-globex.jsonl")))
  }

  @Test func `the sample data imports cleanly and without a warning`() throws {
    let store = try TestStore()
    let result = try store.importing(try SampleTests.sample())
    #expect(result.warnings == [])
    #expect(result[.tenant].created == 2)
    #expect(result[.device].created == 7)
    #expect(result[.lead].created >= 48)
    #expect(try store.value("SELECT count(*) FROM user_devices WHERE status = 'offline'") == 2)
    #expect(try store.value("SELECT count(*) FROM leads WHERE device_id IS NULL") == 2)
    #expect(try store.value("SELECT count(*) FROM leads WHERE opted_out_at IS NOT NULL") == 2)
  }

  @Test func `the sample data imported twice changes nothing`() throws {
    let store = try TestStore()
    try _ = store.importing(try SampleTests.sample())
    #expect(try !store.importing(try SampleTests.sample()).hasChanged)
  }
}
