import Foundation
import Testing

@testable import Files

/// Files of a store are closed to other users; other users' files, devices and pipes are not changed.
struct FilePrivacyTests {
  private let folder: FilesFolder

  init() throws { folder = try FilesFolder() }

  @Test func `others lose their permissions, and so does a group that nobody chose`() throws {
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
    #expect(modes == [0o600, 0o600, 0o600, 0o640, 0o600])
    #expect(folder.mode("usher.dbx") == 0o644 && folder.mode("other.txt") == 0o644)
  }

  @Test(.enabled(if: getuid() == 0, "only root can give a file to any group"))
  func `a group that somebody chose keeps the permissions that the store gives it`() throws {
    try folder.write("x", to: "usher.db.lock")
    chmod(folder.store, 0o644)
    chmod(folder.file("usher.db.lock"), 0o666)
    #expect(chown(folder.store, getuid(), 65534) == 0)
    #expect(FilePrivacy.close(filesOf: folder.store).count == 2)
    #expect(folder.mode("usher.db") == 0o640 && folder.mode("usher.db.lock") == 0o640)
  }

  @Test func `the mode of a store that an operator closed decides what its group may do with its files`() throws {
    try folder.write("x", to: "usher.db.lock")
    for (store, file) in [(0o600, 0o600), (0o640, 0o640), (0o660, 0o660)] as [(mode_t, mode_t)] {
      chmod(folder.store, store)
      chmod(folder.file("usher.db.lock"), 0o666)
      #expect(FilePrivacy.close(filesOf: folder.store) == [folder.file("usher.db.lock")])
      #expect(folder.mode("usher.db.lock") == file && folder.mode("usher.db") == store)
    }
  }

  @Test(arguments: [0o600, 0o640] as [mode_t])
  func `a sent file that others could read gets the mode of its store`(mode: mode_t) throws {
    chmod(folder.store, mode)
    try folder.write("x", to: "all.jsonl")
    for open in [0o666, 0o644, 0o606] as [mode_t] {
      chmod(folder.file("all.jsonl"), open)
      let file = try AppendedFile(folder.file("all.jsonl"), store: folder.store)
      close(file.descriptor)
      #expect(folder.mode("all.jsonl") == mode && file.wasOpen)
    }
  }

  @Test func `messages never go to another store's files, even through a hard link or an open file`() throws {
    try folder.write(FilesFolder.database, to: "b.db")
    for name in ["b.db.lock", "b.db.hold", "b.db-shm", "b.db.sent.jsonl", "plain.jsonl"] {
      try folder.write("x", to: name)
      try FileManager.default.linkItem(atPath: folder.file(name), toPath: folder.file(name + ".hard"))
    }
    for name in folder.names where name != "usher.db" {
      #expect(throws: FileProblem.self, "\(name)") { try AppendedFile(folder.file(name), store: folder.store) }
    }
    unlink(folder.file("plain.jsonl.hard"))
    for name in ["b.db.lock", "b.db.sent.jsonl.hard", "b.db-shm", "b.db", "usher.db"] {
      let descriptor = openFile(folder.file(name), O_RDWR | O_APPEND)
      defer { close(descriptor) }
      for path in ["/dev/fd/\(descriptor)", "/proc/self/fd/\(descriptor)"] {
        #expect(throws: FileProblem.self, "\(name)") { try AppendedFile(path, store: folder.store) }
        #expect(throws: FileProblem.self, "\(name)") {
          try OutputFile(path, for: .report, mode: .ordinary, stores: [folder.store])
        }
      }
    }
    let plain = openFile(folder.file("plain.jsonl"), O_RDWR | O_APPEND)
    defer { close(plain) }
    for path in ["/dev/fd/\(plain)", folder.file("plain.jsonl"), folder.file("usher.db.sent.jsonl")] {
      close(try AppendedFile(path, store: folder.store).descriptor)
    }
    #expect(folder.text("b.db.lock") == "x" && folder.text("b.db.sent.jsonl") == "x")
  }

  @Test func `a device and a pipe keep their modes`() throws {
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    chmod(folder.file("pipe"), 0o666)
    let null = FileStatus("/dev/null")?.mode
    #expect(!FilePrivacy.close(folder.file("pipe"), to: 0o600) && !FilePrivacy.close("/dev/null", to: 0o600))
    #expect(folder.mode("pipe") == 0o666 && FileStatus("/dev/null")?.mode == null)
  }

  @Test(.enabled(if: getuid() == 0, "only root can give a file away"))
  func `a file of another user keeps its mode`() throws {
    chmod(folder.store, 0o644)
    #expect(chown(folder.store, 65534, 65534) == 0)
    #expect(FilePrivacy.close(filesOf: folder.store) == [])
    #expect(folder.mode("usher.db") == 0o644)
  }

  @Test func `a sent file is as private as its store, is appended to, and is never a database`() throws {
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
