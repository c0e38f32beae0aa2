import Foundation
import GRDB
import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// A `StoreMonitor` shows the store's content, however often it looks and whatever happens between two looks.
struct StoreMonitorTests {
  private func watch(_ store: SQLiteStore) -> StoreMonitor { StoreMonitor(store, stopwatch: { 0 }) }

  @Test func `a store whose file was deleted, moved or replaced is no longer observed`() throws {
    let fixture = try StoreFixture()
    let path = fixture.store.path
    let watch = watch(fixture.sqlite)
    _ = try watch.look(at: fixture.now)
    #expect(rename(path, path + ".aside") == 0)
    #expect(throws: StoreError.unusable("the store \(path) was deleted or moved away: put it back, then start again")) {
      try watch.look(at: fixture.now)
    }
    try Data("garbage".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: StoreError.unusable("the store \(path) was replaced by another file: start again")) {
      try watch.look(at: fixture.now)
    }
    #expect(rename(path + ".aside", path) == 0)
    _ = try watch.look(at: fixture.now)
  }

  @Test func `the holder of the lock is found without trying the lock`() throws {
    let folder = TestFolder()
    let path = folder.file("usher.db")
    #expect(StoreLock.holder(path: path) == nil)
    try Data("4194303\n".utf8).write(to: URL(fileURLWithPath: path + ".lock"))
    #expect(StoreLock.holder(path: path) == nil, "the file of a process that is gone")
    do {
      let lock = try StoreLock.acquire(path: path)
      #expect(StoreLock.holder(path: path) == getpid())
      withExtendedLifetime(lock) {}
    }
    // The lock was released, and the file stays.
    let isFree = StoreLock.holder(path: path) == nil
    #expect(isFree)
  }
}
