import Routing
import RoutingTestKit
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct RoundTripPropertyTests {
  @Test(arguments: UInt64(1)...40)
  func `whatever the store holds, a round trip loses nothing`(seed: UInt64) throws {
    let comment: Comment = "seed \(seed)"
    let store = try TestStore()
    try store.importing(RandomStore.lines(seed: seed))
    let export = try store.exported()
    let before = try store.rows()
    #expect(try !store.importing(export).hasChanged, comment)
    #expect(try store.rows() == before, comment)

    let copy = try TestStore()
    try copy.importing(export, at: Instant(milliseconds: 1))
    #expect(try copy.exported() == export, comment)
    #expect(try copy.rows() == before, comment)
  }

  @Test(arguments: UInt64(1)...40)
  func `leads and devices come back from CSV as they were`(seed: UInt64) throws {
    let comment: Comment = "seed \(seed)"
    let store = try TestStore()
    try store.importing(RandomStore.lines(seed: seed))
    let (devices, leads) = (try store.exported(.csv(.device)), try store.exported(.csv(.lead)))
    let before = try store.rows()
    #expect(try !store.importing(devices, as: .csv(.device)).hasChanged, comment)
    #expect(try !store.importing(leads, as: .csv(.lead)).hasChanged, comment)
    #expect(try store.rows() == before, comment)

    let copy = try TestStore()
    try copy.importing("{\"type\":\"tenant\",\"id\":\"t0\"}\n{\"type\":\"tenant\",\"id\":\"t1\"}")
    try copy.importing(devices, as: .csv(.device), at: Instant(milliseconds: 1))
    try copy.importing(leads, as: .csv(.lead), at: Instant(milliseconds: 1))
    #expect(try copy.exported(.csv(.device)) == devices, comment)
    #expect(try copy.exported(.csv(.lead)) == leads, comment)
    // The columns have the same order for all leads, so attributes are compared by name.
    let sql = """
      SELECT group_concat(id || tags || key || type || quote(value), ';') FROM (
        SELECT l.id, l.tags, a.key, a.type, a.value FROM leads l, json_each(l.attributes) a ORDER BY l.id, a.key)
      """
    let (left, right): (String?, String?) = (try copy.value(sql), try store.value(sql))
    #expect(left == right, comment)
  }
}
