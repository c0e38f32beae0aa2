import Foundation
import Operations
import Routing
import RoutingTestKit
import Testing

/// An import reads and checks its input before its transaction.
struct ImportInputTests {
  private func bytes(of source: ByteSource) throws -> [UInt8] {
    var read: [UInt8] = []
    while let piece = try source.next() { read += piece }
    return read
  }

  private static func sample(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) } }

  @Test(arguments: [0, 7, ByteSource.chunkBytes + 7, ByteSource.inputInMemoryMax + 3 * ByteSource.chunkBytes])
  func `a pipe of any length is read to its end, and can be read again`(count: Int) throws {
    let pipe = Pipe()
    let sample = Self.sample(count)
    let writer = Thread {
      try? pipe.fileHandleForWriting.write(contentsOf: Data(sample))
      try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    let source = try ByteSource.input(pipe.fileHandleForReading)
    #expect(try bytes(of: source) == sample)
    let again = try #require(source.again)
    for _ in 0..<2 { #expect(try bytes(of: again()) == sample) }
  }

  @Test func `a file is read where it is, from its current position`() throws {
    let folder = TestFolder()
    let path = try folder.write("0123456789", to: "digits")
    let handle = try #require(FileHandle(forReadingAtPath: path))
    try handle.seek(toOffset: 4)
    let source = try ByteSource.input(handle)
    #expect(try bytes(of: source) == Array("456789".utf8))
    let again = try #require(source.again)
    #expect(try bytes(of: again()) == Array("456789".utf8))
  }

  @Test func `another writer gets in while an import reads its input`() throws {
    let office = try Office()
    let other = try TestInstance(continuing: office.engine)
    let lines = Array(#"{"type":"lead","tenant":"acme","id":"L1","name":"Aina"}"#.utf8)
    var isFirst = true
    let next: () throws -> [UInt8]? = {
      defer { isFirst = false }
      guard isFirst else { return nil }
      // As long as the import held the store, this would wait for it.
      try other.store.setDeviceStatus(
        DeviceID("D1")!, of: acme, to: .offline, reason: nil, actor: "ben", at: office.engine.clock.now())
      return lines
    }
    let source = ByteSource(again: { ByteSource(lines) }, next: next)
    let result = try ImportFile(source, name: "-").run(into: office.store, by: office.note())
    #expect(result.counts[.lead]?.updated == 1)
  }

  @Test func `a broken line is refused before the transaction, with its number`() throws {
    let office = try Office()
    for (text, format) in [
      ("{\"type\":\"tenant\",\"id\":\"new\"}\n{\"type\":", ImportFormat.jsonLines),
      ("tenant,id,phone\nacme,L9,\"+15550000009\n", .csv(.lead)),
    ] {
      let source = ByteSource(
        again: {
          Issue.record("the file is imported")
          return ByteSource([])
        }, next: ByteSource(Array(text.utf8)).next)
      #expect(
        code { _ = try ImportFile(source, name: "-", format: format).run(into: office.store, by: office.note()) }
          == .importRejected)
    }
  }

  @Test func `the digest in the audit is of the file, read once or twice`() throws {
    let lines = Array("{\"type\":\"lead\",\"tenant\":\"acme\",\"id\":\"L1\",\"name\":\"Aina\"}\n".utf8)
    let digests = try [ByteSource(lines), ByteSource(again: { ByteSource(lines) }, next: ByteSource(lines).next)].map {
      let office = try Office()
      _ = try ImportFile($0, name: "-").run(into: office.store, by: office.note())
      return try office.lastAudit().digest
    }
    #expect(digests[0] != nil && digests[0] == digests[1])
  }
}
