import Bench
import Testing

struct WakeBenchTests {
  @Test func `every waiting contact is decided again once`() throws {
    let result = try WakeBench(waiting: 2000).run()
    #expect(result.waiting == 2000 && result.cycles > 1)
    #expect(result.longest > 0 && result.longest <= result.total)
  }
}
