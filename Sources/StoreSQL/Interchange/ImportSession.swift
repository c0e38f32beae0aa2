import Routing
import Wire

/// The import of one file, inside one transaction: the rows that its lines have named so far, and the checks left for
/// the end.
///
/// A line is checked completely before its first write, and this state is updated after its last write.
struct ImportSession {
  let db: any SQLConnection
  private let statements: ImportStatements
  /// The creation time of new rows.
  let now: Int64
  /// Nil if the import writes no audit line.
  let audit: ImportAudit?
  /// Nil if the import accepts every value of a parameter.
  let ranges: (any ParameterRangeCheck)?
  /// The line being read.
  var line = 0
  /// Keys of the line being read that an earlier version had under these names.
  var formerKeys: [FormerKey] = []
  var tenants = ImportedTenants()
  /// The sequences that the file names, to be checked after all leads are read.
  var namedSequences = Set<Int64>()
  /// Enrolments that the file assigned to a device, without a line of history so far.
  var unexplainedAssignments: [Int64: UnexplainedAssignment] = [:]
  /// Enrolments that a line calls queued, until the line of their message comes.
  var awaitedMessages: [Int64: AwaitedMessage] = [:]
  /// Fleets that decisions refer to, by key, until their own lines come.
  var awaitedFleets: [Int64: AwaitedFleet] = [:]
  /// A fleet of which only some lines have been read.
  var unfinishedFleet: UnfinishedFleet?
  let fleets = ImportedFleets()
  var hasDecisionNumbers = false
  var hasFleetNumbers = false
  var journals = Set<InterchangeType>()
  /// Tenants whose suspended policies the file had probed already.
  var probed = Set<Int64>()
  /// Changes that end waits of a tenant, applied at the end of the file.
  var causes = ImportedCauses()

  struct UnexplainedAssignment {
    var tenant: Int64
    var device: Int64
  }

  struct AwaitedFleet {
    var line: Int
    /// The last decision that was based on it.
    var last: Int64
  }

  struct AwaitedMessage {
    var line: Int
    var step: Int
  }

  /// The maximum value of an enrolment's counters: larger values are not plausible, and counters must be able to grow.
  static let countMax = 1_000_000_000

  init(_ db: any SQLConnection, now: Instant, audit: ImportAudit?, ranges: (any ParameterRangeCheck)? = nil) {
    (self.db, self.audit, self.ranges) = (db, audit, ranges)
    statements = ImportStatements(db)
    self.now = now.milliseconds
  }

  /// Writes the content of a line. Throws `FieldError` for a line that is refused.
  mutating func apply(_ reader: inout JSONReader) throws -> (InterchangeType, ImportChange) {
    let word = try reader.string("type")
    guard let type = InterchangeType(rawValue: word) else {
      let words = InterchangeType.allCases.map(\.rawValue)
      throw reader.failure(
        "type", expected: "one of " + words.map { "'\($0)'" }.joined(separator: ", "),
        hint: EditDistance.hint(to: word, among: words))
    }
    return (type, try apply(type, &reader))
  }

  private mutating func apply(_ type: InterchangeType, _ reader: inout JSONReader) throws -> ImportChange {
    switch type {
    case .tenant: try applyTenant(&reader)
    case .device: try applyDevice(&reader)
    case .sequence: try applySequence(&reader)
    case .lead: try applyLead(&reader)
    case .trigger: try applyTrigger(&reader)
    case .enrolment: try applyEnrolment(&reader)
    case .guards: try applyGuards(&reader)
    case .guardParams: try applyGuardParams(&reader)
    case .policyRevision: try applyPolicyRevision(&reader)
    case .policyChange: try applyPolicyChange(&reader)
    case .policyActivation: try applyPolicyActivation(&reader)
    case .policyText: try applyPolicyText(&reader)
    case .policyRefusal: try applyPolicyRefusal(&reader)
    case .canaryTally: try apply(TrialLine.canaryTally, &reader)
    case .shadowTally: try apply(TrialLine.shadowTally, &reader)
    case .shadowDifference: try apply(TrialLine.shadowDifference, &reader)
    case .shadowSample: try apply(TrialLine.shadowSample, &reader)
    case .decision: try applyDecision(&reader)
    case .fleetRecord: try applyFleetRecord(&reader)
    case .leadHistory: try applyLeadHistory(&reader)
    case .enrolmentHistory: try applyEnrolmentHistory(&reader)
    case .stepHistory: try applyStepHistory(&reader)
    case .message: try applyMessage(&reader)
    case .attempt: try applyAttempt(&reader)
    case .assignment: try applyAssignment(&reader)
    case .deviceEvent: try applyDeviceEvent(&reader)
    case .audit: try applyAudit(&reader)
    }
  }
}

// MARK: - Statements

extension ImportSession {
  /// The result of `body` for the first row; nil without a row.
  func first<Result>(
    _ sql: String, _ arguments: SQLArguments, _ body: (SQLRow) throws -> Result
  ) throws -> Result? {
    try statements.first(sql, arguments, body)
  }

  /// The first column of the first row; nil without a row or for NULL.
  func value<Value: SQLReadable>(
    _ sql: String, _ arguments: SQLArguments, as type: Value.Type = Value.self
  ) throws -> Value? {
    try statements.value(sql, arguments)
  }

  /// Whether a query that selects 1 finds a row.
  func exists(_ sql: String, _ arguments: SQLArguments) throws -> Bool {
    try value(sql, arguments, as: Int64.self) != nil
  }

  /// The results of `body` for all rows, held in memory.
  func all<Result>(
    _ sql: String, _ arguments: SQLArguments, _ body: (SQLRow) throws -> Result
  ) throws -> [Result] {
    try statements.all(sql, arguments, body)
  }

  /// Runs a statement that returns no rows.
  func run(_ sql: String, _ arguments: SQLArguments = []) throws { try statements.change(sql, arguments) }

  /// Runs an INSERT and returns the key of the new row.
  func insert(_ sql: String, _ arguments: SQLArguments) throws -> Int64 { try statements.insert(sql, arguments) }

  /// The stored row that a SELECT of `Column.stored` finds; nil without one.
  func find<Column>(_ sql: String, _ arguments: SQLArguments) throws -> Draft<Column>? {
    try first(sql, arguments) { Draft(stored: $0) }
  }

  /// Writes a draft if it differs from the stored row. `insert` takes `owner` and the columns and returns the row's
  /// key; `update` takes the columns and the key. Returns the row's key and what was done.
  func write<Column>(
    _ draft: Draft<Column>, owner: SQLArguments, insert: String, update: String
  ) throws -> (key: Int64, ImportChange) {
    guard let key = draft.key else { return (try self.insert(insert, owner + draft.arguments), .created) }
    guard draft.isChanged else { return (key, .unchanged) }
    try run(update, draft.arguments + [key])
    return (key, .updated)
  }

  /// For history, which imports extend and never rewrite: an existing row must match the line.
  func expectSame<Column>(_ draft: Draft<Column>, _ what: String, path: String) throws -> ImportChange {
    guard draft.isChanged else { return .unchanged }
    throw FieldError(
      path: path, expected: "the recorded values of \(what)", found: "other values",
      hint: "imports never rewrite history: import into a new store, or leave the line out")
  }
}

/// The connection of one import. It prepares each statement on first use and keeps it until the import ends.
final class ImportStatements: SQLConnection {
  private let db: any SQLConnection
  private var prepared: [String: any SQLStatement] = [:]

  init(_ db: any SQLConnection) { self.db = db }

  var dialect: any SQLDialect { db.dialect }

  func statement(_ sql: String) throws -> any SQLStatement {
    if let statement = prepared[sql] { return statement }
    let statement = try db.prepare(sql)
    prepared[sql] = statement
    return statement
  }

  func prepare(_ sql: String) throws -> any SQLStatement { try db.prepare(sql) }
}
