import Foundation
import RoutingTestKit

/// A small disk for one test, removed with it.
final class SmallDisk {
  let path: String

  static let isPossible: Bool = {
    guard getuid() == 0 else { return false }
    let folder = TestFolder()
    return (try? SmallDisk(kilobytes: 64, in: folder)) != nil
  }()

  init(kilobytes: Int, in folder: TestFolder) throws {
    path = folder.file("disk")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Self.run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path])
  }

  deinit { try? Self.run("/bin/umount", ["-l", path]) }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  /// Fills the disk.
  func fill(leaving kilobytes: Int) throws {
    let file = path + "/filler"
    unlink(file)
    let descriptor = open(file, O_WRONLY | O_CREAT, 0o600)
    defer { close(descriptor) }
    let piece = [UInt8](repeating: 1, count: 4096)
    while write(descriptor, piece, piece.count) == piece.count {}
    var status = stat()
    fstat(descriptor, &status)
    ftruncate(descriptor, max(status.st_size - off_t(kilobytes * 1024), 0))
  }

  private static func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
  }
}
