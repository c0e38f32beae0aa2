import Foundation
import GRDB
import Routing
import RoutingTestKit

/// Accesses the rows of a store by SQL, to measure and to tamper with them.
struct RecordRows {
  private let queue: DatabaseQueue

  init(_ engine: TestInstance) throws { try self.init(path: engine.store.path) }

  init(path: String) throws { queue = try DatabaseQueue(path: path) }

  func count(_ sql: String) throws -> Int { try queue.read { try Int.fetchOne($0, sql: sql) ?? 0 } }

  func change(_ sql: String) throws { try queue.write { try $0.execute(sql: sql) } }

  /// Copies the store, including its log.
  func copy(to path: String) throws -> RecordRows {
    try? FileManager.default.removeItem(atPath: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
    return try RecordRows(path: path)
  }
}
