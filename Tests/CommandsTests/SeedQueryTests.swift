import Foundation
import Testing
import Wire

/// The shell `sqlite3`, if installed.
enum SQLiteShell {
  static let path = ["/usr/bin/sqlite3", "/usr/local/bin/sqlite3", "/opt/homebrew/bin/sqlite3"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }
}

/// The two queries of the seed run on a store unchanged, except that `NOW() - INTERVAL` is translated to SQLite.
@Suite(.enabled(if: SQLiteShell.path != nil, "the shell `sqlite3` is not installed: the seed's queries were not run"))
struct SeedQueryTests {
  private func query(_ sql: String, _ store: TestStore) throws -> [[String: JSONValue]] {
    let process = try UsherProcess(
      ["-readonly", "-json", store.path], input: Array(sql.utf8), program: (try #require(SQLiteShell.path), []))
    let outcome = try process.end()
    #expect(outcome.code == 0, "\(outcome)")
    return outcome.output.isEmpty
      ? []
      : try outcome.json().items.map { row in
        Dictionary(uniqueKeysWithValues: row.keys.map { ($0, row[$0]) })
      }
  }

  private static let mismatches = """
    -- See mismatches between assigned and actual device
    SELECT
        sc.contact_phone,
        sc.assigned_device_id,
        bm.device_id as broadcast_device_id,
        CASE
            WHEN sc.assigned_device_id = bm.device_id THEN 'MATCH'
            ELSE 'MISMATCH'
        END as status
    FROM sequence_contacts sc
    JOIN broadcast_messages bm ON bm.recipient_phone = sc.contact_phone
    WHERE bm.sequence_id = sc.sequence_id
      AND bm.created_at > (unixepoch('now', '-1 hour') * 1000)
    ORDER BY bm.created_at DESC
    LIMIT 20;
    """

  private static let availability = """
    -- Check device availability
    SELECT
        d.id,
        d.device_name,
        d.status,
        COUNT(DISTINCT sc.contact_phone) as assigned_contacts,
        CASE
            WHEN d.status = 'online' THEN 'Available'
            ELSE 'Not Available'
        END as availability
    FROM user_devices d
    LEFT JOIN sequence_contacts sc ON sc.assigned_device_id = d.id
    GROUP BY d.id, d.device_name, d.status
    ORDER BY assigned_contacts DESC;
    """

  private func store(policy: String) throws -> TestStore {
    let store = try TestStore(
      [.tenant(policy: policy), .device("D1"), .device("D2", status: "offline"), .device("D3"), .sequence()]
        + [.lead(1, device: "D1"), .lead(2, device: "D2"), .lead(3, device: "D2"), .lead(4, device: "D2")])
    try store.usher("tick")
    return store
  }

  @Test func `the first query lists the last hour, and only MATCH under 'assigned' and 'reassign'`() throws {
    for policy in ["assigned", "reassign"] {
      let rows = try query(Self.mismatches, store(policy: policy))
      #expect(rows.count == 4)
      #expect(
        rows.allSatisfy {
          Set($0.keys) == ["contact_phone", "assigned_device_id", "broadcast_device_id", "status"]
        })
      #expect(rows.allSatisfy { $0["status"] == "MATCH" })
      #expect(Set(rows.compactMap { $0["contact_phone"]?.text }).count == 4)
    }
  }

  @Test func `the first query agrees with the report under 'fallback' and 'strict'`() throws {
    let fallback = try store(policy: "fallback")
    let rows = try query(Self.mismatches, fallback)
    #expect(rows.count == 4)
    #expect(rows.filter { $0["status"] == "MISMATCH" }.count == 3)
    let parts = try fallback.usher("report", "mismatches", "--format", "json").json()["parts"]
    #expect(parts["fallback"] == 3)
    #expect(parts["mismatch"] == 0)
    let strict = try query(Self.mismatches, store(policy: "strict"))
    #expect(strict.map { $0["status"] } == ["MATCH"])
  }

  @Test func `the first query omits messages older than an hour`() throws {
    let store = try TestStore([.tenant(), .device("D1"), .sequence(), .lead(1, device: "D1")])
    try store.usher("tick", "--now", "2020-01-01T00:00:00Z", expecting: nil)
    #expect(try query(Self.mismatches, store).isEmpty)
  }

  @Test func `the second query counts the contacts per device, the most first`() throws {
    let rows = try query(Self.availability, store(policy: "assigned"))
    #expect(
      rows == [
        [
          "id": 2, "device_name": "Phone D2", "status": "offline", "assigned_contacts": 3,
          "availability": "Not Available",
        ],
        ["id": 1, "device_name": "Phone D1", "status": "online", "assigned_contacts": 1, "availability": "Available"],
        ["id": 3, "device_name": "Phone D3", "status": "online", "assigned_contacts": 0, "availability": "Available"],
      ])
  }
}
