import Foundation
import Synchronization

/// Waits until a watched case or policy file changes, or until SIGINT or SIGTERM.
///
/// Polls several times a second, which works on every file system, shared ones too, and costs a few microseconds for each
/// file. A file that an editor replaces is noticed like one that it overwrites.
struct CaseWatch {
  /// The time between two polls.
  static let pollMicroseconds: UInt32 = 100_000

  /// Distinguishes two versions of a file without reading it.
  private struct Mark: Equatable {
    let path: String
    let seconds: Int
    let nanoseconds: Int
    let size: Int
    let inode: UInt64
  }

  private let paths: [String]
  private var marks: [Mark]

  /// `paths` are the files and folders that the command line names. Takes over SIGINT and SIGTERM.
  init(_ paths: [String]) {
    self.paths = paths
    signal(SIGINT) { _ in isEnded.store(true, ordering: .relaxed) }
    signal(SIGTERM) { _ in isEnded.store(true, ordering: .relaxed) }
    marks = CaseWatch.marks(paths)
  }

  var hasEnded: Bool { isEnded.load(ordering: .relaxed) }

  /// Returns the files that changed, appeared or disappeared; empty once it was ended.
  mutating func wait() -> [String] {
    while !hasEnded {
      let now = CaseWatch.marks(paths)
      if now != marks {
        let changed = Set((now.filter { !marks.contains($0) } + marks.filter { !now.contains($0) }).map(\.path))
        marks = now
        return changed.sorted()
      }
      usleep(CaseWatch.pollMicroseconds)
    }
    return []
  }

  /// Every Lua file in and below the folders, and in the folders of the files, since policies lie next to their cases.
  private static func marks(_ paths: [String]) -> [Mark] {
    var files: Set<String> = []
    for path in paths {
      var isDirectory: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
      let folder = isThere && isDirectory.boolValue ? path : (path as NSString).deletingLastPathComponent
      let found =
        FileManager.default.enumerator(atPath: folder.isEmpty ? "." : folder)?.compactMap { $0 as? String } ?? []
      for name in found where name.hasSuffix(".lua") { files.insert(folder.isEmpty ? name : "\(folder)/\(name)") }
    }
    return files.sorted().compactMap { path in
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      return Mark(
        path: path, seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec, size: Int(status.st_size),
        inode: UInt64(status.st_ino))
    }
  }
}

/// Set by a signal handler, which may do nothing else.
private let isEnded = Atomic(false)
