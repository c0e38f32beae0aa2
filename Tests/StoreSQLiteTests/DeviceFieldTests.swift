import Foundation
import GRDB
import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

/// A store keeps exactly the device fields that the field table lists.
struct DeviceFieldTests {
  private static let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  /// A line that sets every column, each to a value other than its default.
  private static let line = """
    {"type":"device","tenant":"acme","id":"D1","name":"Sales","phone":"+60123456789","status":"offline","gateway":"log",\
    "platform":"sms","limits":{"minute":1,"hour":2,"day":3,"queue":4},"pace_s":[0.5,2],"tags":["kl"],\
    "attributes":{"city":"KL","slot":2,"rate":0.5,"spare":true},"paused_until":"2026-11-22T10:00:00Z",\
    "pause_reason":"test","last_seen_at":"2026-11-22T08:00:00Z","last_sent_at":"2026-11-22T07:00:00Z",\
    "next_send_at":"2026-11-22T09:01:00Z","created_at":"2026-11-01T00:00:00Z","activated_at":"2026-10-01T00:00:00Z"}
    """

  private static func sorted(_ value: FieldValue?) -> FieldValue? {
    guard case .map(let entries) = value else { return value }
    return .map(entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
  }

  private func store() throws -> StoreFixture { try StoreFixture() }

  private func csv(_ store: any Store) throws -> String {
    var bytes: [UInt8] = []
    try store.exportFile(.csv(.device), tenant: nil) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func importing(csv: String, into store: any Store) throws -> ImportResult {
    try store.importFile(ByteSource(Array(csv.utf8)), ImportOptions(format: .csv(.device), now: Self.now))
  }

  private func fleet(_ store: any Store, at now: Instant = Self.now) throws -> Fleet {
    try store.readHistory { snapshot in try snapshot.fleet(of: try snapshot.tenants()[0], at: now) }
  }

  @Test func `import and export carry each field that the tables say they do`() {
    let devices = Set(DeviceColumn.allCases.map(\.carried.name) + ["id"])
    #expect(Set(DeviceFields.all.compactMap(\.column)).subtracting(devices) == [])
    let leads = Set(LeadColumn.allCases.map(\.carried.name) + ["id"])
    #expect(Set(LeadFields.all.compactMap(\.column)).subtracting(leads) == [])
    // The other columns are not inputs of decisions: how a device is reached and how fast it sends.
    #expect(
      devices.subtracting(DeviceFields.all.compactMap(\.column))
        == ["phone", "gateway", "pace_min_s", "pace_max_s", "pause_reason", "next_send_at", "created_at"])
  }

  @Test func `every field of a row is read into its device`() throws {
    let fixture = try store()
    try fixture.store.importing(Self.line)
    let member = try #require(try fleet(fixture.store).members.first)
    for field in DeviceFields.all where field.column != nil {
      #expect(field.name == "id" || !field.isDefault(in: member), "\(field.name) is not read")
    }
    #expect(member.device.ageDays(at: Self.now) == 52)
    #expect(try fixture.store.exported().contains(Self.line))
  }

  @Test func `a fleet record keeps each field that the table lists, and notices its change`() throws {
    let fixture = try store()
    try fixture.store.importing(Self.line)
    let full = try #require(try fleet(fixture.store).members.first)
    var changed = full
    changed.load = DeviceLoad(queued: 5, inFlight: 6, failuresHour: 7)
    let bare = Fleet.Member(device: Device(key: full.device.key, id: full.device.id), load: DeviceLoad())
    for field in DeviceFields.all where field.record == .fleet && field.name != "id" {
      for (from, to) in [(changed, bare), (bare, changed)] {
        var after = from
        field.copy(from: to, to: &after)
        let fleets = [from, after].map { Fleet(tenant: TenantID("acme")!, now: Self.now, members: [$0]) }
        var state: FleetCode.State?
        try read(FleetCode.keyframe(fleets[0]), into: &state)
        let noticed: [FleetCode.Change]? = FleetFingerprint(fleets[0]).changes(
          to: fleets[1], FleetFingerprint(fleets[1])
        ) {
          fatalError("not needed")
        }
        let changes = try #require(noticed)
        #expect(changes.count == 1, "a change of \(field.name) is not noticed")
        try read(FleetCode.difference(fleets[1], changes), into: &state)
        let found = try #require(state?.members.first)
        for kept in DeviceFields.all where kept.record == .fleet {
          #expect(
            kept.value(of: found, at: Self.now) == kept.value(of: after, at: Self.now), "\(field.name): \(kept.name)")
        }
      }
    }
  }

  @Test func `a record of an earlier version is read as a fleet without attributes and activations`() throws {
    let device = Device(key: DeviceKey(3), id: DeviceID("D1")!, name: "D1", tags: ["a"])
    let fleet = Fleet(
      tenant: TenantID("acme")!, now: Self.now, members: [Fleet.Member(device: device, load: DeviceLoad())])
    // Kind, count, key, id, name, platform, no limits, tags, state, three counts, no sends.
    let bytes: [UInt8] = [1, 1, 6, 2, 68, 49, 2, 68, 49, 0, 0, 1, 1, 97, 0, 0, 0, 0, 0]
    #expect(FleetCode.keyframe(fleet) == bytes)
    var state: FleetCode.State?
    try read(bytes, into: &state)
    #expect(state?.members.map(\.device) == [device])
  }

  private func read(_ body: [UInt8], into state: inout FleetCode.State?) throws {
    try body.withUnsafeBytes { bytes in try FleetCode.read(bytes, at: Self.now, into: &state) }
  }

  // MARK: - Import

  @Test func `attributes are merged name by name, and null clears all of them`() throws {
    let fixture = try store()
    try fixture.store.importing(Self.line)
    try fixture.store.importing(
      #"{"type":"device","tenant":"acme","id":"D1","attributes":{"city":null,"slot":3,"zone":"n"}}"#)
    let attributes = { try fixture.store.exported().firstMatch(of: /"attributes":({.*?})/).map { String($0.1) } }
    #expect(try attributes() == #"{"slot":3,"rate":0.5,"spare":true,"zone":"n"}"#)
    try fixture.store.importing(#"{"type":"device","tenant":"acme","id":"D1","attributes":null}"#)
    #expect(try attributes() == "{}")
    for wrong in [#"{"a":[1]}"#, #"{"":1}"#, #"["a"]"#, #"{"a":{"b":1}}"#] {
      #expect(throws: ImportProblem.self) {
        try fixture.store.importing(#"{"type":"device","tenant":"acme","id":"D1","attributes":\#(wrong)}"#)
      }
    }
  }

  @Test func `a device counts as activated at its earliest known time, unless a line sets another`()
    throws
  {
    let fixture = try store()
    let activated = { (line: String) in
      try fixture.store.importing(#"{"type":"device","tenant":"acme",\#(line)}"#, at: Self.now)
      return try self.fleet(fixture.store).members.last?.device.activatedAt?.rfc3339
    }
    #expect(try activated(#""id":"A""#) == "2026-11-22T09:00:00Z")
    #expect(try activated(#""id":"B","created_at":"2026-11-03T00:00:00Z""#) == "2026-11-03T00:00:00Z")
    #expect(
      try activated(
        #""id":"C","created_at":"2026-11-03T00:00:00Z","last_sent_at":"2026-11-02T00:00:00Z","last_seen_at":"2026-11-09T00:00:00Z""#
      ) == "2026-11-02T00:00:00Z")
    #expect(try activated(#""id":"D","activated_at":"2027-01-01T00:00:00+08:00""#) == "2026-12-31T16:00:00Z")
    #expect(try activated(#""id":"E","activated_at":null"#) == "2026-11-22T09:00:00Z")
    // An existing value stays unless the line sets the field.
    #expect(try activated(#""id":"D","name":"x""#) == "2026-11-22T09:00:00Z")
    let device = { try self.fleet(fixture.store).members.first { $0.device.id.text == "D" }?.device }
    #expect(try device()?.activatedAt == Instant(rfc3339: "2026-12-31T16:00:00Z"))
    #expect(try device()?.ageDays(at: Self.now) == 0)
    // Null restores the default, as in other fields.
    _ = try activated(#""id":"D","activated_at":null,"last_seen_at":"2026-11-20T00:00:00Z""#)
    #expect(try device()?.activatedAt == Instant(rfc3339: "2026-11-20T00:00:00Z"))
  }

  @Test func `CSV exports both fields, and imports its own export`() throws {
    let fixture = try store()
    try fixture.store.importing(Self.line)
    let (before, csv) = (try fixture.store.exported(), try self.csv(fixture.store))
    let header = try #require(csv.split(separator: "\n").first)
    #expect(
      header.hasSuffix("created_at,activated_at,attributes.city,attributes.rate,attributes.slot,attributes.spare"))
    #expect(csv.contains(",2026-10-01T00:00:00Z,KL,0.5,2,true"))
    #expect(try !importing(csv: csv, into: fixture.store).hasChanged)
    #expect(try fixture.store.exported() == before)
    let copy = try store()
    _ = try importing(csv: csv, into: copy.store)
    let (original, copied) = (
      try #require(try fleet(fixture.store).members.first), try #require(try fleet(copy.store).members.first)
    )
    for field in DeviceFields.all where field.column != nil {
      // Columns are in order of their names, and so are the values read from them.
      #expect(
        Self.sorted(field.value(of: copied, at: Self.now)) == Self.sorted(field.value(of: original, at: Self.now)))
    }
  }

  @Test func `a plan becomes stale when a device field that policies read was changed`() throws {
    let fixture = try store()
    try fixture.store.importing(Self.line)
    let basis = { try fixture.store.readWithPlanBasis(of: nil, keeping: true) { _ in }.1 }
    for change in [
      #""attributes":{"city":"Penang"}"#, #""activated_at":"2026-10-02T00:00:00Z""#, #""tags":["new"]"#,
      #""platform":"x""#,
      #""name":"Other""#, #""status":"online""#, #""paused_until":null"#, #""limits":{"hour":3}"#,
    ] {
      let before = try basis()
      try fixture.store.importing(#"{"type":"device","tenant":"acme","id":"D1",\#(change)}"#)
      #expect(try basis() != before, "\(change)")
    }
  }

  // MARK: - Upgrade

  @Test func `a device of an earlier schema is as old as its earliest recorded time`() throws {
    let folder = TestFolder()
    let path = folder.file("store.db")
    let old = try SQLiteStore.create(at: path, migrations: Migrations.all.upTo(9))
    try old.pool.write { db in
      try db.execute(
        sql: """
          INSERT INTO tenants (external_id, name, policies, created_at) VALUES ('acme', 'A', '["x"]', 0);
          INSERT INTO user_devices (tenant_id, external_id, device_name, last_sent_at, last_seen_at, created_at) VALUES
            (1, 'A', 'A', NULL, NULL, 500), (1, 'B', 'B', 300, 400, 500), (1, 'C', 'C', NULL, 200, 500),
            (1, 'D', 'D', NULL, 900, 500);
          INSERT INTO device_events (tenant_id, device_id, kind, actor, at) VALUES (1, 4, 'paused', 'ann', 100),
            (1, 4, 'resumed', 'ann', 700);
          """)
    }
    try old.pool.close()
    let store = try SQLiteStore.open(at: path, mode: .readWrite)
    let devices = try fleet(store).members.map(\.device)
    #expect(devices.map { $0.activatedAt?.milliseconds } == [500, 300, 200, 100])
    #expect(devices.allSatisfy { $0.attributes.isEmpty })
    #expect(try store.integrity().checks.allSatisfy { $0.violations == 0 })
  }
}
