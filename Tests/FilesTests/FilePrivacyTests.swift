import Foundation
import Testing

@testable import Files

/// Files of a store are closed to other users; nobody else's files, devices or pipes are touched.
struct FilePrivacyTests {
  private let folder: FilesFolder

  init() throws { folder = try FilesFolder() }

  @Test func `others lose what they had, the group keeps it`() throws {
    for (name, mode) in [
      ("usher.db", 0o644), ("usher.db-wal", 0o644), ("usher.db.lock", 0o666), ("usher.db.sent.jsonl", 0o640),
      ("usher.db.decisions-1.db", 0o604), ("usher.dbx", 0o644), ("other.txt", 0o644),
    ] as [(String, mode_t)] {
      if name != "usher.db" { try folder.write("x", to: name) }
      chmod(folder.file(name), mode)
    }
    let open = ["usher.db", "usher.db-wal", "usher.db.decisions-1.db", "usher.db.lock"].map(folder.file)
    #expect(FilePrivacy.open(of: folder.store) == open)
    #expect(FilePrivacy.close(filesOf: folder.store) == open)
    #expect(FilePrivacy.open(of: folder.store) == [] && FilePrivacy.close(filesOf: folder.store) == [])
    let modes = ["usher.db", "usher.db-wal", "usher.db.lock", "usher.db.sent.jsonl", "usher.db.decisions-1.db"]
      .map { folder.mode($0) }
    #expect(modes == [0o640, 0o640, 0o660, 0o640, 0o600])
    #expect(folder.mode("usher.dbx") == 0o644 && folder.mode("other.txt") == 0o644)
  }

  @Test func `a device and a pipe keep their modes`() throws {
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    chmod(folder.file("pipe"), 0o666)
    let null = FileStatus("/dev/null")?.mode
    #expect(!FilePrivacy.close(folder.file("pipe")) && !FilePrivacy.close("/dev/null"))
    #expect(folder.mode("pipe") == 0o666 && FileStatus("/dev/null")?.mode == null)
  }

  @Test(.enabled(if: getuid() == 0, "only root can give a file away"))
  func `a file of another user keeps its mode`() throws {
    chmod(folder.store, 0o644)
    #expect(chown(folder.store, 65534, 65534) == 0)
    #expect(FilePrivacy.close(filesOf: folder.store) == [])
    #expect(folder.mode("usher.db") == 0o644)
  }

  @Test func `a sent file is made as private as its store, appended to, and never a database`() throws {
    chmod(folder.store, 0o640)
    let made = try AppendedFile(folder.file("usher.db.sent.jsonl"), store: folder.store)
    close(made.descriptor)
    #expect(folder.mode("usher.db.sent.jsonl") == 0o640 && !made.wasOpen && !made.keepsEarlier)
    chmod(folder.file("usher.db.sent.jsonl"), 0o644)
    let again = try AppendedFile(folder.file("usher.db.sent.jsonl"), store: folder.store)
    close(again.descriptor)
    #expect(folder.mode("usher.db.sent.jsonl") == 0o640 && again.wasOpen && again.keepsEarlier)
    for name in ["usher.db", "usher.db-wal", "usher.db.lock", "Rules.lua"] {
      #expect(throws: FileProblem.self) { try AppendedFile(folder.file(name), store: nil) }
    }
    #expect(folder.text("usher.db") == FilesFolder.database)
  }
}
