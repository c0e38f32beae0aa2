import Routing

/// One batch of due steps of a tenant: read, decided one by one, and written as it goes, inside a transaction.
///
/// Rows are read a stretch at a time along one walk, each stretch decided and written before the next is read: what is
/// read is then still in the processor's caches, and its pages in SQLite's, when it is written. Within a stretch each
/// thing is done for all rows in turn, so that the code that does it stays in those caches too.
struct DecisionBatch {
  /// How many rows ahead of its decision a step is told of.
  private static let rowsAhead = 8

  /// How many rows a stretch has.
  static let rowsAtOnce = 64

  private let statements: CycleStatements
  private let tenant: TenantKey
  private let now: Instant
  private var counts = DecisionCounts()
  private var revision: (digest: String, key: Int64)?
  /// Enrolments of this batch that are due again already: the walk may meet them once more, and leaves them to the next
  /// batch.
  private var dueAgain: Set<Int64> = []
  /// What this batch's decisions are made on; nil before the first one, and where nothing is put on record.
  private var turn: TurnRecord?
  /// What either side of a canary came to; nil without one.
  private(set) var tally: CanaryCount?
  private var hasBegun = false

  init(_ statements: CycleStatements, tenant: TenantKey, at now: Instant) {
    (self.statements, self.tenant, self.now) = (statements, tenant, now)
  }

  /// Reads up to `limit` due steps, asks for each what becomes of it, and writes that down. `basis` is asked for once
  /// something was decided.
  mutating func run(
    limit: Int, basis: () -> DecisionBasis?, foresee: (DueStep) -> Void, decide: (DueStep) throws -> StepCommit
  ) throws -> DecisionCounts {
    var rows = DueRows(statements.due, tenant: tenant, at: now)
    defer { rows.stop() }
    var stretch: [DueRow] = []
    stretch.reserveCapacity(min(limit, DecisionBatch.rowsAtOnce))
    var left = limit
    while left > 0 {
      // The first decision has the fleet read, which then tells the devices of all other rows.
      let count = left == limit ? 1 : min(left, DecisionBatch.rowsAtOnce)
      try read(count, of: &rows, into: &stretch)
      let commits = try commits(of: &stretch, foresee, decide)
      if !hasBegun, commits.contains(where: { $0?.decision != nil }) {
        let basis = basis()
        rows.fleet = basis?.fleet
        try begin(basis)
      }
      try write(commits, of: stretch)
      if stretch.count < count { break }
      left -= count
    }
    return counts
  }

  private mutating func begin(_ basis: DecisionBasis?) throws {
    hasBegun = true
    if let basis { try expectGeneration(basis.generation) }
    tally = try basis?.canary.map { share in try CanaryCount(share, of: tenant, in: basis!.generation, statements) }
    turn = try basis.map { try TurnRecord($0, of: tenant, statements) }
  }

  /// No decision is written that cites a revision which is not active for the tenant at this moment: between the cycle's
  /// look and this transaction another process may have activated others.
  private func expectGeneration(_ asked: Int64) throws {
    let last = statements.generation
    last.bind(1, tenant.raw)
    defer { last.reset() }
    guard try last.step(), last.optionalInteger(0) == asked else { throw StoreError.generationPassed }
  }

  /// Puts on record what was decided on; `chain` is where the tenant's record stands. Nil when nothing was.
  func record(after chain: FleetChain?) throws -> TurnRecord.Committed? { try turn?.write(after: chain) }

  /// The next rows of the walk, fewer than `count` at its end.
  ///
  /// The walk stays open while the rows that it has passed are written. SQLite then keeps its place by key: no row that is
  /// still to come is missed or met twice. A row that was written to a later place may be met there again.
  private func read(_ count: Int, of rows: inout DueRows, into stretch: inout [DueRow]) throws {
    stretch.removeAll(keepingCapacity: true)
    while stretch.count < count, let row = try rows.next() {
      if dueAgain.isEmpty || !dueAgain.contains(row.enrolment) { stretch.append(row) }
    }
  }

  /// What becomes of each row; nil for one that is not decided.
  private func commits(
    of rows: inout [DueRow], _ foresee: (DueStep) -> Void, _ decide: (DueStep) throws -> StepCommit
  ) throws -> [StepCommit?] {
    for row in rows.prefix(DecisionBatch.rowsAhead) {
      if case .due(let due) = row.content { foresee(due) }
    }
    var commits: [StepCommit?] = []
    commits.reserveCapacity(rows.count)
    var tally = LeadTally()
    for index in rows.indices {
      let ahead = index + DecisionBatch.rowsAhead
      if ahead < rows.count, case .due(let due) = rows[ahead].content { foresee(due) }
      guard case .due(let read) = rows[index].content else {
        commits.append(nil)
        continue
      }
      let due = tally.current(read)
      let commit = try decide(due)
      tally.note(commit, of: due)
      // As it was decided is how it goes on record.
      if due.contact !== read.contact { rows[index].content = .due(due) }
      commits.append(commit)
    }
    return commits
  }
}

// MARK: - What becomes of a step

extension DecisionBatch {
  /// A message that is about to be queued: its decision is written.
  private struct Queued {
    let row: Int
    let decided: Int64
    let decision: Decision
    let device: Int64
    let moves: Bool
    let content: String
  }

  private mutating func write(_ commits: [StepCommit?], of rows: [DueRow]) throws {
    var queued: [Queued] = []
    queued.reserveCapacity(rows.count)
    for index in rows.indices {
      switch rows[index].content {
      case .due(let due):
        guard let commit = commits[index] else { continue }
        try write(commit, of: due, rows[index], index, &queued)
        tally?.add(commit, of: due.contact, lastDecision: rows[index].lastDecision)
      case .unreadable(let unreadable):
        try quarantine(rows[index], "this contact's row cannot be read: \(unreadable.reason)")
      case .carried(let message): try repair(rows[index], message)
      }
    }
    for message in queued { try insert(message, rows[message.row]) }
    for message in queued { try queue(rows[message.row], decided: message.decided) }
    for message in queued where message.moves && rows[message.row].assignedDevice != message.device {
      try assign(rows[message.row], to: message.device, message.decision, decided: message.decided)
    }
  }

  private mutating func write(
    _ commit: StepCommit, of due: DueStep, _ row: DueRow, _ index: Int, _ queued: inout [Queued]
  ) throws {
    switch commit {
    case .queue(let decision, let device, let moves, let content):
      let key = try insert(decision, moves ? .move : .use, row, due, device: device.raw)
      queued.append(
        Queued(row: index, decided: key, decision: decision, device: device.raw, moves: moves, content: content))
      counts.queued += 1
    case .wait(let decision, let until):
      if until <= now { dueAgain.insert(row.enrolment) }
      let key = try insert(decision, .wait, row, due, until: until)
      if let narrowed = decision.narrowed { try insert(narrowed, decided: key) }
      try wait(row, decision, until: until, decided: key)
      counts.waiting += 1
      if decision.fault != nil { counts.faults += 1 }
    case .skip(let decision):
      let key = try insert(decision, .skip, row, due)
      try advance(row, doneAt: now, decided: key)
      counts.skipped += 1
    case .cancel(let reason):
      try end(row, .cancelled, reason: reason)
      counts.cancelled += 1
    }
    counts.decided += 1
  }

  private func queue(_ row: DueRow, decided: Int64) throws {
    let queue = statements.queue
    queue.bind(1, row.enrolment)
    queue.bind(2, decided)
    try queue.run()
    try expectOne(queue, row)
  }

  private func assign(_ row: DueRow, to device: Int64, _ decision: Decision, decided: Int64) throws {
    let assign = statements.assign
    assign.bind(1, row.enrolment)
    assign.bind(2, device)
    try assign.run()
    try expectOne(assign, row)
    let assignment = statements.assignment
    assignment.bind(1, tenant.raw)
    assignment.bind(2, row.enrolment)
    assignment.bind(3, device)
    assignment.bind(4, decided)
    assignment.bind(5, decision.reason.asReason)
    assignment.bind(6, decision.policy)
    assignment.bind(7, now.milliseconds)
    try assignment.run()
  }

  private func wait(_ row: DueRow, _ decision: Decision, until: Instant, decided: Int64) throws {
    let wait = statements.wait
    wait.bind(1, row.enrolment)
    wait.bind(2, until.milliseconds)
    wait.bind(3, decision.reason.asReason)
    wait.bind(4, decision.capacityAt?.milliseconds)
    wait.bind(5, decided)
    try wait.run()
    try expectOne(wait, row)
  }

  /// Counted as a fault that waits: the operator's screens show it, and nothing else is held up by it.
  private mutating func quarantine(_ row: DueRow, _ reason: String) throws {
    let statement = statements.quarantine
    statement.bind(1, row.enrolment)
    statement.bind(2, now.advanced(bySeconds: Admission.quarantineSeconds).milliseconds)
    statement.bind(3, reason.asReason)
    try statement.run()
    try expectOne(statement, row)
    counts.decided += 1
    counts.waiting += 1
    counts.faults += 1
  }

  /// Puts an enrolment where its message says that it is. Counts nothing: nothing was decided.
  private mutating func repair(_ row: DueRow, _ message: CarryingMessage) throws {
    switch message.status {
    case .pending, .sending: try settle(row, .queued)
    case .unknown: try settle(row, .queued, reason: message.error)
    case .sent, .delivered, .read: try advance(row, doneAt: message.sentAt ?? now)
    case .expired: try advance(row, doneAt: now)
    case .failed: try end(row, .failed, reason: message.error ?? "")
    case .cancelled: try end(row, .cancelled, reason: message.error ?? "")
    }
  }
}

// MARK: - Rows

extension DecisionBatch {
  private mutating func insert(
    _ decision: Decision, _ outcome: Outcome, _ row: DueRow, _ due: DueStep, device: Int64? = nil,
    until: Instant? = nil
  ) throws -> Int64 {
    let insert = statements.decision
    let revision = try revisionKey(decision.revision)
    // The schema keeps faults to waits, as the core does.
    let fault = outcome == .wait ? decision.fault : nil
    insert.bind(1, tenant.raw)
    insert.bind(2, row.enrolment)
    insert.bind(3, row.place.step)
    insert.bind(4, row.lastDecision)
    insert.bind(5, outcome.rawValue)
    insert.bind(6, device)
    insert.bind(7, row.assignedDevice)
    insert.bind(8, decision.reason.asReason)
    insert.bind(9, revision)
    insert.bind(10, Int64(bitPattern: decision.seed))
    insert.bind(11, decision.instructions)
    insert.bind(12, until?.milliseconds)
    insert.bind(13, fault?.kind.rawValue)
    insert.bind(14, fault?.line.map(Int64.init))
    insert.bind(15, decision.notes.isEmpty ? nil : JSONText.text(of: decision.notes))
    insert.bind(16, now.milliseconds)
    insert.bind(17, turn?.key)
    insert.bind(18, due.contact.dueAt?.milliseconds)
    insert.bind(19, Int64(due.contact.attempts))
    insert.bind(20, row.lastDevice)
    insert.bind(21, due.contact.utcOffsetMinutes.map(Int64.init))
    insert.bind(22, due.contact.messagesDay == 0 ? nil : Int64(due.contact.messagesDay))
    insert.bind(23, due.contact.moves == 0 ? nil : Int64(due.contact.moves))
    try insert.run()
    let key = insert.insertedKey
    turn?.last = key
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
    insert.bind(7, message.device)
    insert.bind(8, message.content)
    insert.bind(9, now.milliseconds)
    try insert.run()
  }

  private mutating func advance(_ row: DueRow, doneAt: Instant, decided: Int64? = nil) throws {
    let progress = EnrolmentProgress.after(
      step: row.place.ordinal, doneAt: doneAt, nextDelayMilliseconds: row.place.nextDelayMilliseconds)
    switch progress {
    case .nextStep(let number, let dueAt):
      if dueAt <= now { dueAgain.insert(row.enrolment) }
      try settle(row, .scheduled, step: number, dueAt: dueAt, decided: decided)
    case .completed(let at):
      try settle(row, .completed, decided: decided, endedAt: at)
    }
  }

  private func end(_ row: DueRow, _ status: EnrolmentStatus, reason: String) throws {
    try settle(row, status, reason: reason.asReason, endedAt: now)
  }

  private func settle(
    _ row: DueRow, _ status: EnrolmentStatus, step: Int? = nil, dueAt: Instant? = nil, reason: String? = nil,
    decided: Int64? = nil, endedAt: Instant? = nil
  ) throws {
    let settle = statements.settle
    settle.bind(1, row.enrolment)
    settle.bind(2, status.rawValue)
    settle.bind(3, Int64(step ?? row.place.ordinal))
    settle.bind(4, dueAt?.milliseconds)
    settle.bind(5, reason)
    settle.bind(6, 0)
    settle.bind(7, decided)
    settle.bind(8, endedAt?.milliseconds)
    try settle.run()
    try expectOne(settle, row)
  }

  private mutating func revisionKey(_ digest: String) throws -> Int64 {
    if let revision, revision.digest == digest { return revision.key }
    let statement = statements.revision
    statement.bind(1, digest)
    defer { statement.reset() }
    guard try statement.step() else {
      throw StoreError.conflict("expected the revision \(digest) on record, found none: activate it first")
    }
    let key = statement.integer(0)
    revision = (digest, key)
    return key
  }

  private func expectOne(_ statement: RawStatement, _ row: DueRow) throws {
    guard statement.changes == 1 else {
      throw StoreError.conflict(
        "expected enrolment \(row.enrolment) to be due, found \(statement.changes) such rows; "
          + "nothing of this batch was written")
    }
  }
}
