import Foundation
import Routing
import RoutingTestKit
import Testing

@testable import Commands

struct ByteSourceTests {
  @Test func `a file handle is read to its end`() throws {
    let folder = TestFolder()
    let url = URL(fileURLWithPath: folder.file("bytes"))
    let bytes = (0..<ByteSource.chunkBytes + 7).map { UInt8(truncatingIfNeeded: $0) }
    try Data(bytes).write(to: url)
    let handle = try FileHandle(forReadingFrom: url)
    defer { try? handle.close() }
    let source = ByteSource(handle)
    var read: [UInt8] = []
    while let piece = try source.next() { read += piece }
    #expect(read == bytes)
  }
}
