import Foundation
import GRDB
import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// `usher hold` on stores that cannot store its row, and with files that cannot be cleaned up.
struct SendingStopTests {
  private struct TellingClock: Clock {
    let isAsked: @Sendable () -> Void
    func now() -> Instant {
      isAsked()
      return .earliest
    }
  }

  private let folder: TestFolder
  private let path: String
  private let hold = SendingHold(
    tenant: nil, reason: "outage", actor: "ann", at: Instant(rfc3339: "2026-11-22T09:00:00Z")!)

  init() throws {
    folder = TestFolder()
    path = folder.file("usher.db")
  }

  private func stop(asked: @escaping @Sendable () -> Void = {}) -> SendingStop {
    SendingStop(store: path, waitMilliseconds: 0, clock: TellingClock(isAsked: asked))
  }

  private func version() throws -> Int { try SQLiteStore.identity(of: path).version }

  @Test(arguments: 1...(Migrations.all.version - 1))
  func `a stop never upgrades a store, and the next command that does records the hold`(version: Int) throws {
    try SQLiteStore.create(at: path, migrations: Migrations.all.upTo(version)).pool.close()
    let outcome = try stop().run(hold)
    #expect(outcome.unrecorded == .olderVersion(version, current: Migrations.all.version))
    #expect(outcome.hold == hold && outcome.isNew)
    #expect(try self.version() == version)
    #expect(HoldFile(of: path).holds() == [hold])
    let again = try stop().run(hold)
    #expect(again.unrecorded == .olderVersion(version, current: Migrations.all.version))
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    try store.recordHoldFile()
    #expect(try store.reading { try HoldRows.inForce($0) } == [hold])
  }

  @Test func `an older store whose hold file cannot be written is not on hold, and the error says why`() throws {
    try SQLiteStore.create(at: path, migrations: Migrations.all.upTo(5)).pool.close()
    try FileManager.default.createDirectory(
      atPath: "\(path).hold.\(getpid()).part", withIntermediateDirectories: false)
    let error = #expect(throws: StoreError.self) { try stop().run(hold) }
    let text = "\(try #require(error))"
    #expect(text.contains("version 5") && text.contains("cannot be changed"), "\(text)")
    #expect(try version() == 5)
  }

  @Test func `a hold file that cannot be cleaned up is reported, and the hold is a success`() throws {
    _ = try SQLiteStore.create(at: path)
    // Another hold keeps the file, so the file must be replaced.
    let other = SendingHold(tenant: TenantID("nobody"), reason: "r", actor: "bob", at: hold.at)
    _ = try HoldFile(of: path).add(other)
    let part = "\(path).hold.\(getpid()).part"
    let outcome = try stop(asked: {
      try? FileManager.default.createDirectory(atPath: part, withIntermediateDirectories: false)
    }).run(hold)
    #expect(outcome.unrecorded == nil && outcome.certainty == .nothingRuns(claimed: 0))
    #expect(outcome.notices.count == 1 && outcome.notices[0].contains("the hold is in the store"), "\(outcome)")
    #expect(HoldFile(of: path).holds() == [other, hold])
    #expect(try SQLiteStore.open(at: path, mode: .readOnly).holds() == [hold, other])
  }

  @Test func `a refused hold of an unknown tenant leaves an earlier one in the file`() throws {
    _ = try SQLiteStore.create(at: path)
    let first = SendingHold(tenant: TenantID("nobody"), reason: "r", actor: "bob", at: hold.at)
    var second = first
    second.at = hold.at.advanced(bySeconds: 60)
    #expect(throws: OperatorError.self) { try stop().run(first) }
    #expect(!HoldFile(of: path).isThere)
    _ = try HoldFile(of: path).add(first)
    #expect(throws: OperatorError.self) { try stop().run(second) }
    #expect(HoldFile(of: path).holds() == [first])
  }
}
