import Routing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

struct SQLiteFactsTests {
  @Test(arguments: [
    (Int32(3_040_001), true), (3_044_005, true), (3_044_006, false), (3_045_000, true), (3_050_006, true),
    (3_050_007, false), (3_051_002, true), (3_051_003, false), (3_053_000, false),
  ])
  func `the versions with the WAL-reset race are known`(number: Int32, hasRace: Bool) {
    #expect(EngineFacts.hasResetRace(number) == hasRace)
  }
}
