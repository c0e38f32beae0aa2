import Routing
import StoreSQL

/// One batch of a tenant's due steps: read, decided one by one, and written, inside a transaction.
///
/// Reads rows in chunks along one walk; each chunk is decided and written before the next is read, so its rows are
/// still in the processor's caches, and their pages in SQLite's, when they are written. Within a chunk each operation
/// runs for all rows in turn, so that its code stays in those caches too.
struct DecisionBatch {
  /// The distance, in rows, between prefetching a step and deciding it.
  private static let rowsAhead = 8

  /// The number of rows in a chunk.
  static let rowsAtOnce = 64

  private let statements: CycleStatements
  private let tenant: TenantKey
  let now: Instant
  private var counts = DecisionCounts()
  /// The contacts that were processed, with those whose answer was not written.
  private(set) var asked = 0
  let waitlists: WaitlistRows
  /// What this process knows of the tenant's waitlists. After `run`: as the next batch must find it.
  var memory: WaitlistMemory
  /// Whether the batch ended before the end of the walk.
  private(set) var hasMore = false
  private var revision: (digest: String, key: Int64)?
  /// Enrolments of this batch that are due again already: if the walk meets them once more, they are left to the next
  /// batch.
  private var dueAgain: Set<Int64> = []
  /// The counts for each side of a canary; nil without one.
  private(set) var tally: CanaryCount?
  /// Records the inputs of the decisions; nil if the decider has none.
  private var recorder: FleetRecordWriter?

  init(_ statements: CycleStatements, tenant: TenantKey, at now: Instant, memory: WaitlistMemory) {
    (self.statements, self.tenant, self.now, self.memory) = (statements, tenant, now, memory)
    waitlists = WaitlistRows(statements.waitlists, of: tenant)
  }

  /// Reads up to `limit` steps, has each decided, and writes the changes: first those of waiting contacts that capacity
  /// reached, then due ones. Ends earlier if the decider is over. Makes the decider only when a contact waits or a step is
  /// due: without one the batch costs two look-ups.
  mutating func run(limit: Int, with decider: () throws -> any StepDecider) throws -> DecisionCounts {
    guard limit > 0 else { return counts }
    var made: (any StepDecider)?
    if try waitlists.hasContacts() {
      made = try begin(decider)
      if let made { asked = try serve(limit: limit, made) }
    } else {
      memory = .empty
    }
    if asked > 0, asked >= limit || made?.isOver == true {
      hasMore = true
    } else {
      try decideDue(limit: limit - asked, &made, decider)
    }
    if let made { rememberWaitlists(made) }
    return counts
  }

  private mutating func begin(_ decider: () throws -> any StepDecider) throws -> any StepDecider {
    let decider = try decider()
    if let inputs = decider.inputs { try begin(inputs) }
    return decider
  }

  private mutating func decideDue(
    limit: Int, _ made: inout (any StepDecider)?, _ make: () throws -> any StepDecider
  ) throws {
    var rows = DueRows(statements.due, tenant: tenant, at: now)
    defer { rows.stop() }
    guard limit > 0, try !rows.isEmpty() else { return }
    let decider = try made ?? begin(make)
    made = decider
    rows.fleet = decider.inputs?.fleet
    var chunk: [DueRow] = []
    chunk.reserveCapacity(min(limit, DecisionBatch.rowsAtOnce))
    var left = limit
    while left > 0 {
      let count = min(left, DecisionBatch.rowsAtOnce)
      try read(count, of: &rows, into: &chunk)
      let commits = try commits(of: &chunk, decider)
      try write(commits, of: chunk)
      asked += commits.count
      // Rows that were read and not decided stay due.
      hasMore = commits.count < chunk.count || chunk.count == count && (left == count || decider.isOver)
      if hasMore || chunk.count < count { break }
      left -= count
    }
  }

  private mutating func begin(_ inputs: DecisionInputs) throws {
    try expectGeneration(inputs.generation)
    tally = try inputs.canary.map { share in
      try CanaryCount(share, of: tenant, in: inputs.generation, statements.generationBeginning)
    }
    recorder = try FleetRecordWriter(inputs, of: tenant, statements)
  }

  /// Makes sure that no decision cites a revision that is not active for the tenant now: another process may have
  /// activated other revisions between the cycle's read and this transaction.
  private func expectGeneration(_ asked: Int64) throws {
    let last = statements.generation
    last.bind(1, tenant.raw)
    defer { last.reset() }
    guard try last.step(), last.onlyOptionalInteger == asked else { throw StoreError.generationPassed }
  }

  /// Writes the counts collected with the decisions, and the record of their inputs; `chain` is the current end of the
  /// tenant's chain. Nil if the decider has no inputs, or nothing was decided.
  func finish(after chain: FleetChain?, _ db: SQLiteConnection) throws -> FleetRecordWriter.Written? {
    try tally?.write(to: db)
    if counts.queued > 0 { try MessagePeriods.note(last: counts.queued, createdAt: now, in: db) }
    guard let recorder else { return nil }
    if let shadow = recorder.inputs.shadow {
      try ShadowRows(db).add(shadow, of: tenant, in: recorder.inputs.generation, at: now)
    }
    return try recorder.write(after: chain)
  }

  /// The counts of the shadow comparison, if the decider made one.
  var shadow: ShadowComparison? { recorder?.inputs.shadow }

  /// Reads the next rows of the walk, fewer than `count` at its end.
  ///
  /// The walk stays open while the rows behind it are written. SQLite keeps its position by key: it neither skips nor
  /// repeats a row that is still ahead. A row that was written to a later position may be met there again.
  private func read(_ count: Int, of rows: inout DueRows, into chunk: inout [DueRow]) throws {
    chunk.removeAll(keepingCapacity: true)
    while chunk.count < count, let row = try rows.next() {
      if dueAgain.isEmpty || !dueAgain.contains(row.enrolment) { chunk.append(row) }
    }
  }

  /// The changes for each row, nil for a row that is not decided; fewer than the rows if the decider is over.
  func commits(of rows: inout [DueRow], _ decider: any StepDecider) throws -> [StepCommit?] {
    for row in rows.prefix(DecisionBatch.rowsAhead) {
      if case .due(let due) = row.content { decider.prefetch(due) }
    }
    var commits: [StepCommit?] = []
    commits.reserveCapacity(rows.count)
    var tally = LeadTally()
    for index in rows.indices {
      let ahead = index + DecisionBatch.rowsAhead
      if ahead < rows.count, case .due(let due) = rows[ahead].content { decider.prefetch(due) }
      guard case .due(let read) = rows[index].content else {
        commits.append(nil)
        continue
      }
      let due = tally.current(read)
      let commit = try decider.decide(due)
      tally.note(commit, of: due)
      // Record the contact as it was decided on.
      if due.contact !== read.contact { rows[index].content = .due(due) }
      commits.append(commit)
      if decider.isOver { break }
    }
    return commits
  }
}

// MARK: - Writing changes

extension DecisionBatch {
  /// A message to queue, whose decision is already written.
  private struct Queued {
    let row: Int
    let decided: Int64
    let message: StepChanges.NewMessage
    let assignment: StepChanges.Assignment?
    let enrolment: EnrolmentChange
  }

  /// Writes the changes for each row that has a commit. Messages and their enrolments are written after all decisions.
  mutating func write(_ commits: [StepCommit?], of rows: [DueRow]) throws {
    var queued: [Queued] = []
    queued.reserveCapacity(rows.count)
    for index in commits.indices {
      let row = rows[index]
      switch row.content {
      case .due(let due):
        guard let commit = commits[index] else { continue }
        let changes = StepTransition.decided(
          commit, at: row.place.position, assigned: due.contact.assignedKey, contact: due.contact.id,
          faults: due.faults, now: now)
        if case .wait(let decision, _) = commit, try isRepeated(changes, decision, row, due) { continue }
        try write(changes, of: commit, due, row, index, &queued)
        tally?.add(commit, of: due.contact, lastDecision: row.lastDecision)
      case .unreadable(let unreadable):
        try write(StepTransition.unreadable(unreadable.reason, now: now), of: row)
      case .carried(let message):
        let changes = StepTransition.hasMessage(
          message.status, sentAt: message.sentAt, error: message.error, at: row.place.position, now: now)
        try write(changes, of: row)
      }
    }
    for message in queued { try insert(message, rows[message.row]) }
    for message in queued { try write(message.enrolment, to: rows[message.row], decided: message.decided) }
    for message in queued {
      guard let assignment = message.assignment, let decision = commits[message.row]?.decision else { continue }
      try assign(rows[message.row], assignment, decision, decided: message.decided)
    }
  }

  private mutating func write(
    _ changes: StepChanges, of commit: StepCommit, _ due: DueStep, _ row: DueRow, _ index: Int,
    _ queued: inout [Queued]
  ) throws {
    guard let entry = changes.decision, let decision = commit.decision else { return try write(changes, of: row) }
    let key = try insert(decision, entry, row, due)
    if entry.recordsFault, let narrowed = decision.narrowed { try insert(narrowed, decided: key) }
    if let message = changes.message {
      queued.append(
        Queued(
          row: index, decided: key, message: message, assignment: changes.assignment, enrolment: changes.enrolment))
      counts += changes.counts
    } else {
      try write(changes, of: row, decided: key)
    }
  }

  private mutating func write(_ changes: StepChanges, of row: DueRow, decided: Int64? = nil) throws {
    if changes.isDueAgain { dueAgain.insert(row.enrolment) }
    try write(changes.enrolment, to: row, decided: decided)
    counts += changes.counts
  }

  /// `decided` nil keeps the last decision. Each statement writes only the columns that its kind of change needs; the
  /// assertions name those it does not bind.
  private func write(_ change: EnrolmentChange, to row: DueRow, decided: Int64?) throws {
    switch (change.status, change.attempts) {
    case (.queued, .kept):
      assert(change == EnrolmentChange(.queued, attempts: .kept))
      let queue = statements.queue
      queue.bind(1, row.enrolment)
      queue.bind(2, decided)
      try run(queue, row)
    case (.waiting, .incremented):
      assert(change.step == nil && change.dueAt == nil && change.endedAt == nil)
      let wait = statements.wait
      wait.bind(1, row.enrolment)
      wait.bind(2, change.nextAt?.milliseconds)
      wait.bind(3, change.reason)
      wait.bind(4, change.capacityAt?.milliseconds)
      wait.bind(5, decided)
      wait.bind(6, change.code?.rawValue)
      wait.bind(7, try change.waitlist.map { try waitlists.key(of: $0).raw })
      wait.bind(8, Int64(row.place.priority.rawValue))
      wait.bind(9, change.faults.map(Int64.init))
      try run(wait, row)
    case (.waiting, .kept):
      assert(
        decided == nil && change.step == nil && change.dueAt == nil && change.capacityAt == nil && change.faults == nil)
      assert(change.endedAt == nil)
      let quarantine = statements.quarantine
      quarantine.bind(1, row.enrolment)
      quarantine.bind(2, change.nextAt?.milliseconds)
      quarantine.bind(3, change.reason)
      quarantine.bind(4, change.code?.rawValue)
      quarantine.bind(5, Int64(row.place.priority.rawValue))
      try run(quarantine, row)
    case (_, .reset):
      assert(change.nextAt == change.dueAt && change.capacityAt == nil)
      let update = statements.updateEnrolment
      update.bind(1, row.enrolment)
      update.bind(2, change.status.rawValue)
      update.bind(3, Int64(change.step ?? row.place.ordinal))
      update.bind(4, change.dueAt?.milliseconds)
      update.bind(5, change.reason)
      update.bind(6, decided)
      update.bind(7, change.endedAt?.milliseconds)
      update.bind(8, change.code?.rawValue)
      try run(update, row)
    case (_, .kept), (_, .incremented):
      preconditionFailure("no transition of a due step ends with \(change)")
    }
  }

  /// Runs a statement that must change exactly the row's enrolment.
  func run(_ statement: SQLiteStatement, _ row: DueRow) throws {
    let count = try statement.run()
    guard count == 1 else {
      throw StoreError.conflict(
        "expected enrolment \(row.enrolment) to be due, found \(count) such rows; nothing of this batch was written")
    }
  }

  private func assign(
    _ row: DueRow, _ change: StepChanges.Assignment, _ decision: Decision, decided: Int64
  ) throws {
    let assign = statements.assign
    assign.bind(1, row.enrolment)
    assign.bind(2, change.device.raw)
    assign.bind(3, Int64(change.countsAsMove ? 1 : 0))
    try run(assign, row)
    let assignment = statements.assignment
    assignment.bind(1, tenant.raw)
    assignment.bind(2, row.enrolment)
    assignment.bind(3, change.device.raw)
    assignment.bind(4, decided)
    assignment.bind(5, decision.reason.asReason)
    assignment.bind(6, decision.policy)
    assignment.bind(7, now.milliseconds)
    try assignment.run()
  }
}

// MARK: - Rows

extension DecisionBatch {
  private mutating func insert(
    _ decision: Decision, _ entry: StepChanges.Entry, _ row: DueRow, _ due: DueStep
  ) throws -> Int64 {
    let insert = statements.decision
    let revision = try revisionKey(decision.revision)
    let fault = entry.recordsFault ? decision.fault : nil
    insert.bind(1, tenant.raw)
    insert.bind(2, row.enrolment)
    insert.bind(3, row.place.step)
    insert.bind(4, row.lastDecision)
    insert.bind(5, entry.outcome.rawValue)
    insert.bind(6, entry.device?.raw)
    insert.bind(7, row.assignedDevice)
    insert.bind(8, decision.reason.asReason)
    insert.bind(9, revision)
    insert.bind(10, Int64(bitPattern: decision.seed))
    insert.bind(11, decision.instructions)
    insert.bind(12, entry.until?.milliseconds)
    insert.bind(13, fault?.kind.rawValue)
    insert.bind(14, fault?.line.map(Int64.init))
    insert.bind(15, decision.notes.isEmpty ? nil : JSONText.text(of: decision.notes))
    insert.bind(16, now.milliseconds)
    insert.bind(17, recorder?.key)
    insert.bind(18, due.contact.dueAt?.milliseconds)
    insert.bind(19, Int64(due.contact.attempts))
    insert.bind(20, row.lastDevice)
    insert.bind(21, due.contact.utcOffsetMinutes.map(Int64.init))
    insert.bind(22, due.contact.messagesDay == 0 ? nil : Int64(due.contact.messagesDay))
    insert.bind(23, due.contact.moves == 0 ? nil : Int64(due.contact.moves))
    insert.bind(24, decision.code?.rawValue)
    insert.bind(25, decision.caught.isEmpty ? nil : JSONText.text(of: decision.caught))
    insert.bind(26, decision.waitlist.map(JSONText.text))
    insert.bind(27, due.contact.priority.storedUnlessNormal)
    let key = try insert.insert()
    recorder?.last = key
    return key
  }

  private mutating func insert(_ narrowed: NarrowedChoice, decided: Int64) throws {
    let revision = try revisionKey(narrowed.origin.revision)
    let insert = statements.narrowed
    insert.bind(1, decided)
    insert.bind(2, revision)
    insert.bind(3, narrowed.outcome.rawValue)
    insert.bind(4, narrowed.deviceKey.raw)
    insert.bind(5, narrowed.reason.asReason)
    insert.bind(6, narrowed.code?.rawValue)
    try insert.run()
  }

  private func insert(_ message: Queued, _ row: DueRow) throws {
    guard case .due(let due) = row.content else { preconditionFailure("only what is due is queued") }
    let insert = statements.message
    insert.bind(1, tenant.raw)
    insert.bind(2, row.sequence)
    insert.bind(3, row.enrolment)
    insert.bind(4, row.place.step)
    insert.bind(5, message.decided)
    insert.bind(6, due.contact.phone)
    insert.bind(7, message.message.device.raw)
    insert.bind(8, message.message.content)
    insert.bind(9, now.milliseconds)
    insert.bind(10, Int64(due.contact.priority.rawValue))
    try insert.run()
  }

  mutating func revisionKey(_ digest: String) throws -> Int64 {
    if let revision, revision.digest == digest { return revision.key }
    let statement = statements.revision
    statement.bind(1, digest)
    defer { statement.reset() }
    guard try statement.step() else {
      throw StoreError.conflict("expected the revision \(digest) on record, found none: activate it first")
    }
    let key = statement.onlyInteger
    revision = (digest, key)
    return key
  }
}

extension StepPlace {
  fileprivate var position: StepPosition { StepPosition(ordinal, nextDelayMilliseconds: nextDelayMilliseconds) }
}
