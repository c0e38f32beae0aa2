import Routing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct ZoneDatabaseTests {
  private func at(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

  @Test(arguments: [
    // Clocks in Berlin went forward at 01:00 UTC in March, and back at 01:00 UTC in October.
    ("Europe/Berlin", "2026-03-29T00:59:59.999Z", 60), ("Europe/Berlin", "2026-03-29T01:00:00Z", 120),
    ("Europe/Berlin", "2026-10-25T00:59:59.999Z", 120), ("Europe/Berlin", "2026-10-25T01:00:00Z", 60),
    // South of the equator the seasons are reversed, and Lord Howe's clocks change by half an hour.
    ("Australia/Lord_Howe", "2026-01-15T00:00:00Z", 660), ("Australia/Lord_Howe", "2026-07-15T00:00:00Z", 630),
    ("America/New_York", "2026-11-22T09:00:00Z", -300), ("Asia/Kathmandu", "2026-11-22T09:00:00Z", 345),
    ("Asia/Kuala_Lumpur", "2026-11-22T09:00:00Z", 480), ("UTC", "2026-11-22T09:00:00Z", 0),
  ])
  func `a zone's offset from UTC is known`(zone: String, moment: String, minutes: Int) throws {
    let zones = ZoneDatabase()
    let moment = try at(moment)
    #expect(zones.minutes(of: zone, at: moment) == minutes)
    #expect(zones.minutes(of: zone, at: moment) == minutes, "the cached offset stays right")
    #expect(ZoneDatabase.isZone(zone))
  }

  @Test func `a zone that is looked up at two times gives each its own offset`() throws {
    let zones = ZoneDatabase()
    let (winter, summer) = (try at("2026-01-01T00:00:00Z"), try at("2026-07-01T00:00:00Z"))
    #expect([winter, summer, winter].map { zones.minutes(of: "Europe/Berlin", at: $0) } == [60, 120, 60])
  }

  @Test func `an unknown zone counts as UTC and is not recognised as a zone`() throws {
    #expect(ZoneDatabase().minutes(of: "Europe/Atlantis", at: try at("2026-01-01T00:00:00Z")) == 0)
    for name in ["Europe/Atlantis", "MYT", "GMT+8", "+08:00", "", "Europe/"] { #expect(!ZoneDatabase.isZone(name)) }
  }
}
