import Foundation
import GRDB
import Routing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct StreamTests {
  /// Returns `bytes` in pieces of `size`.
  private func pieces(_ bytes: [UInt8], of size: Int) -> ByteSource {
    var offset = 0
    return ByteSource {
      guard offset < bytes.count else { return nil }
      defer { offset += size }
      return Array(bytes[offset..<min(offset + size, bytes.count)])
    }
  }

  @Test(arguments: [1, 2, 3, 7, 64, 100_000])
  func `a file gives the same rows in pieces of any size`(size: Int) throws {
    let store = try TestStore()
    let text = TestStore.acmeLines.replacing("\n", with: "\r\n")
    let source = pieces(Array(text.utf8), of: size)
    let result = try store.queue.write { db in
      try Importer.run(SQLiteConnection(db), source, ImportOptions(now: TestStore.now))
    }
    #expect(result.lineCount == 5)
    #expect(try store.rows() == TestStore.acme().rows())
  }

  @Test func `a line over 1 MiB is refused with its number, and the next one is read`() throws {
    let store = try TestStore()
    let long = String(repeating: " ", count: 1_048_577)
    let problem = try store.problem("{\"type\":\"tenant\",\"id\":\"a\"}\n\(long)\n")
    #expect(problem.line == 2)
    #expect(problem.text.contains("1 MiB"))
    let result = try store.importing("\(long)\n{\"type\":\"tenant\",\"id\":\"a\"}", skipBad: true)
    #expect(result.badLines.map(\.line) == [1])
    #expect(result[.tenant].created == 1)
  }

  @Test func `a line of exactly 1 MiB is read, with either line ending`() throws {
    let object = #"{"type":"tenant","id":"a"}"#
    let line = object + String(repeating: " ", count: 1_048_576 - object.utf8.count)
    #expect(try TestStore().importing(line + "\r\n" + line + "\n")[.tenant].total == 2)
  }

  @Test func `an empty file does nothing`() throws {
    #expect(try TestStore().importing("") == ImportResult())
  }

  @Test func `progress is reported at most ten times a second`() throws {
    var clock: Int64 = 0
    var reports: [(Int, Int)] = []
    let progress = ImportProgress {
      clock += 10
      return clock
    } report: {
      reports.append(($0, $1))
    }
    let line = #"{"type":"tenant","id":"a"}"# + "\n"
    let bytes = Array(String(repeating: line, count: 6400).utf8)
    let store = try TestStore()
    _ = try store.queue.write { db in
      try Importer.run(SQLiteConnection(db), ByteSource(bytes), ImportOptions(now: TestStore.now), progress: progress)
    }
    // One hundred reads of a clock that advances by 10 ms each time.
    #expect(reports.count == 10)
    #expect(reports.allSatisfy { $0.1 == $0.0 * line.utf8.count })
  }
}
