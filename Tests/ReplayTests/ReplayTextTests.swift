import DryRun
import Routing
import RoutingTestKit
import StoreSQL
import StoreSQLite
import Testing

/// A replay compares Usher's own texts by their codes and the texts of scripts byte by byte.
struct ReplayTextTests {
  private let engine: TestInstance

  /// Decides six contacts, each with a text of Usher's own: in a reason and a note, in an error of the script, twice as a fault,
  /// without an opinion, and without a reason.
  init() throws {
    var scenario = StoreScenario()
    scenario.tenant("acme", policy: "texts")
    scenario.device("D1")
    scenario.sequence()
    for lead in 1...6 { scenario.lead(lead, device: "D1") }
    let texts = """
      return { select = function(contact, fleet)
        local name = string.lower('DEVISE')
        local _, text = pcall(function() return contact[name] end)
        if contact.id == 'welcome/L1' then note('met ' .. text) return wait('caught ' .. text .. '; mine', 30) end
        if contact.id == 'welcome/L2' then error('mine: ' .. text) end
        if contact.id == 'welcome/L3' then return contact[name] end
        if contact.id == 'welcome/L4' then while true do end end
        if contact.id == 'welcome/L5' then return nil end
        return wait()
      end }
      """
    engine = try TestInstance(scenario, files: ["texts": texts])
    #expect(try engine.decide().decided == 6)
  }

  /// Replays a copy of the store after some changes by SQL.
  private func replay(_ changes: String...) throws -> ReplayReport {
    let path = engine.folder.file("copy.db")
    let rows = try RecordRows(engine).copy(to: path)
    for change in changes { try rows.change(change) }
    let store = try SQLiteStore.open(at: path, mode: .readOnly)
    return try store.readHistory { try Replay(RecordFilter()).run(on: $0) }
  }

  /// Makes the texts those of 0.1.0, which recorded no codes and no causes of faults.
  private static let as010 = """
    UPDATE decisions SET code = NULL, caught = NULL,
      reason = replace(replace(
          CASE WHEN error_kind IS NOT NULL AND instr(reason, ': contact') > 0
            THEN substr(reason, 1, instr(reason, ': contact') - 1) ELSE reason END, '; did you mean ''device''?', '; the nearest is ''device'''),
        'the instruction budget of 1000000 is exhausted', 'the instruction budget of 1000000 is used up'),
      notes = replace(notes, '; did you mean ''device''?', '; the nearest is ''device''');
    """

  /// Changes the words of a caught text wherever it stands.
  private static let otherWords = """
    UPDATE decisions SET reason = replace(reason, 'a contact has no field', 'no such field'),
      notes = replace(notes, 'a contact has no field', 'no such field'),
      caught = replace(caught, 'a contact has no field', 'no such field')
    WHERE caught IS NOT NULL;
    """

  private static func number(_ lead: Int) -> String {
    "(SELECT last_decision_id FROM sequence_contacts WHERE external_id = 'welcome/L\(lead)')"
  }

  @Test func `codes and caught texts are on record, and null for what a script wrote`() throws {
    let rows = try RecordRows(engine)
    let expected = [nil, nil, "unknown_field", "instruction_budget", "no_opinion", "no_reason"]
    for (place, code) in expected.enumerated() {
      let isCode = code.map { "code = '\($0)'" } ?? "code IS NULL AND caught IS NOT NULL"
      let id = Self.number(place + 1)
      #expect(try rows.count("SELECT count(*) FROM decisions WHERE id = \(id) AND \(isCode)") == 1, "\(place + 1)")
      let waits = "SELECT count(*) FROM sequence_contacts WHERE external_id = 'welcome/L\(place + 1)'"
      #expect(try rows.count(waits + " AND code IS \(code.map { "'\($0)'" } ?? "NULL")") == 1, "\(place + 1)")
    }
    #expect(try rows.count("SELECT count(*) FROM decisions WHERE caught IS NOT NULL") == 2)
    #expect(try replay().identical == 6)
  }

  @Test func `decisions of 0.1.0 with other words agree`() throws {
    let changed = try RecordRows(engine).count("SELECT count(*) FROM decisions WHERE reason LIKE '%did you mean%'")
    #expect(changed == 3)
    let report = try replay(Self.as010)
    #expect(report.identical == 6, "\(report.firstDifference?.recorded.json as Any)")
  }

  @Test(arguments: [
    (1, "reason", "; mine", "; mind"), (1, "notes", "met ", "Met "), (2, "reason", "mine: ", "mind: "),
    (1, "reason", "a contact has no field ''devise''; the nearest is ''device''", "a verdict has no fields; return it"),
    (1, "notes", "a contact has no field ''devise''; the nearest is ''device''", "a verdict has no fields; return it"),
    (2, "reason", "a contact has no field ''devise''; the nearest is ''device''", "a verdict has no fields; return it"),
    (3, "reason", "a contact has no field ''devise''; the nearest is ''device''", "a verdict has no fields; return it"),
    (3, "reason", "line 6", "line 7"), (4, "reason", "the instruction budget", "the struction budget"),
    (5, "reason", "no policy had an opinion", "no reason given"),
    (6, "reason", "no reason given", "no policy had an opinion"),
  ])
  func `a decision of 0.1.0 differs with another text of the script or with a text of another code`(
    lead: Int, column: String, old: String, new: String
  ) throws {
    let id = Self.number(lead)
    let report = try replay(
      Self.as010, "UPDATE decisions SET \(column) = replace(\(column), '\(old)', '\(new)') WHERE id = \(id)")
    #expect(report.different == 1 && report.identical == 5, "\(report.identical)")
  }

  @Test func `with codes on record any words of Usher's own agree, also where a script put them`() throws {
    let report = try replay("UPDATE decisions SET reason = 'other words' WHERE code IS NOT NULL", Self.otherWords)
    #expect(report.identical == 6, "\(report.firstDifference?.recorded.json as Any)")
  }

  @Test(arguments: [
    "UPDATE decisions SET code = 'read_only' WHERE id = \(number(3))",
    "UPDATE decisions SET code = 'no_reason' WHERE id = \(number(5))",
    "UPDATE decisions SET code = 'no_opinion' WHERE id = \(number(1))",
    otherWords + "UPDATE decisions SET caught = replace(caught, 'unknown_field', 'read_only') WHERE id = \(number(1))",
    otherWords + "UPDATE decisions SET caught = NULL WHERE id = \(number(2))",
    "UPDATE decisions SET reason = reason || '.' WHERE id = \(number(1))",
    "UPDATE decisions SET reason = reason || '.' WHERE id = \(number(2))",
    "UPDATE decisions SET error_line = error_line + 1 WHERE id = \(number(3))",
    "UPDATE decisions SET error_kind = 'verdict' WHERE id = \(number(3))",
  ])
  func `another code, kind, line or text of the script differs`(change: String) throws {
    let report = try replay(change)
    #expect(report.different == 1 && report.identical == 5, "\(change)")
  }

  @Test func `an export carries codes and caught texts`() throws {
    let bytes = try engine.store.exportedBytes()
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains(#""code":"no_opinion""#) && text.contains(#""caught":[{"code":"unknown_field""#))
    let copy = try SQLiteStore.create(at: engine.folder.file("imported.db"))
    _ = try copy.importFile(ByteSource(bytes), ImportOptions(now: TestInstance.start))
    #expect(try copy.exportedBytes() == bytes)
    let rows = try RecordRows(path: copy.path)
    try rows.change("UPDATE decisions SET reason = 'other words' WHERE code IS NOT NULL")
    try rows.change(Self.otherWords)
    #expect(try copy.readHistory { try Replay(RecordFilter()).run(on: $0) }.identical == 6)
  }

  @Test func `an empty caught text on record ends the comparison as any other`() throws {
    let report = try replay(
      """
      UPDATE decisions SET caught = '[["unknown_field",""]]', reason = 'mine: ' || reason
      WHERE id = \(Self.number(1))
      """)
    #expect(report.different == 1 && report.identical == 5, "\(report.identical)")
  }

  @Test func `a code that this version does not know is a record that cannot be read`() throws {
    #expect(throws: UnreadableRecord.self) {
      try replay("UPDATE decisions SET code = 'unheard_of' WHERE id = \(Self.number(3))")
    }
  }
}
