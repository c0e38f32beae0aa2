import GRDB
import Routing
import Testing

@testable import StoreSQL
@testable import StoreSQLite

extension Slow {
  struct VolumeTests {
    /// A file of `count` leads that is never in memory as a whole.
    private func leads(_ count: Int) -> ByteSource {
      var next = 0
      return ByteSource {
        guard next < count else { return nil }
        var text = ""
        for _ in 0..<1000 {
          next += 1
          text +=
            #"{"type":"lead","tenant":"acme","id":"L\#(next)","phone":"+\#(60_110_000_000 + next)","name":"Lead \#(next)","device":"D\#(1 + next % 2)","triggers":["NEW"],"tags":["vip"],"attributes":{"city":"KL"}}"#
            + "\n"
        }
        return Array(text.utf8)
      }
    }

    @Test func `a hundred thousand leads are imported from one file, and a second import changes nothing`() throws {
      let store = try TestStore.acme()
      let options = ImportOptions(now: TestStore.now)
      let clock = ContinuousClock()
      let first = try store.queue.write { db in
        let start = clock.now
        let result = try Importer.run(SQLiteConnection(db), leads(100_000), options)
        print("imported 100000 leads in \(clock.now - start)")
        return result
      }
      #expect(first[.lead] == ImportCounts(created: 99_999, updated: 1))
      #expect(try store.value("SELECT count(*) FROM leads") == 100_000)
      #expect(try store.value("SELECT count(*) FROM lead_triggers WHERE consumed_at IS NULL") == 100_000)
      let changes = try store.changes
      let second = try store.queue.write { db in try Importer.run(SQLiteConnection(db), leads(100_000), options) }
      #expect(second[.lead] == ImportCounts(unchanged: 100_000))
      #expect(try store.changes == changes)
    }
  }
}
