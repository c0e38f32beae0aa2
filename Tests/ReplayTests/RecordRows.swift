import Foundation
import GRDB
import Routing
import RoutingTestKit

/// The rows of a store by SQL: to measure them, and to tamper with them.
struct RecordRows {
  private let queue: DatabaseQueue

  init(_ engine: TestInstance) throws { try self.init(path: engine.store.path) }

  init(path: String) throws { queue = try DatabaseQueue(path: path) }

  func count(_ sql: String) throws -> Int { try queue.read { try Int.fetchOne($0, sql: sql) ?? 0 } }

  func change(_ sql: String) throws { try queue.write { try $0.execute(sql: sql) } }

  /// A copy of the store, whatever is in its log.
  func copy(to path: String) throws -> RecordRows {
    try? FileManager.default.removeItem(atPath: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
    return try RecordRows(path: path)
  }
}
